import { type EventPlace, eventPlaces, loginsOf } from '../index/event-places.ts';
import type { Index } from '../index/index-model.ts';
import { counted, quoted } from '../text.ts';

/** Names in one sentence; of more, only how many. */
const MOST_NAMES = 5;

/**
 * What an edit moves or takes away, in sentences for the person who makes it: events whose address and database change,
 * events and users that go, studios that another region serves, the new name of a studio.
 *
 * @param before the index without the edit
 * @param after the index with it
 */
export function consequencesOf(before: Index, after: Index): string[] {
  const [old, now] = [eventPlaces(before), eventPlaces(after)];
  return [
    ...movedEvents(old, now),
    ...goneEvents(old, now),
    ...renamedStudios(before, after),
    ...otherRegions(before, after),
    ...goneLogins(before, after),
  ];
}

function movedEvents(old: ReadonlyMap<number, EventPlace>, now: ReadonlyMap<number, EventPlace>): string[] {
  const holders = new Map([...old].map(([id, { database }]) => [database, id]));
  return [...old].flatMap(([id, from]) => {
    const to = now.get(id);
    if (!to || to.path === from.path) return [];
    const moves = `The event ${quoted(from.name)} moves from /${from.path}/ to /${to.path}/: links to the old address no longer lead there.`;
    if (to.database === from.database) return [moves];
    const holder = holders.get(to.database);
    const names = `${from.database} to ${to.database}`;
    if (holder !== undefined && holder !== id) {
      const other = old.get(holder)?.name ?? '';
      return [
        moves,
        `The database of ${quoted(from.name)} would have to go from ${names}, which was that of ${quoted(other)} until now: the update does not take it along. Change one event, update the machines, then change the other.`,
      ];
    }
    const along = `Its database goes from ${names}: the next update takes it along`;
    if (to.region === from.region || to.region === null) return [moves, `${along}.`];
    return [
      moves,
      `${along}, to the region ${to.region}, which fetches what was uploaded last. ${staysBehind('it')}`,
    ];
  });
}

/** A machine does not upload what another region serves. */
function staysBehind(what: 'it' | 'them'): string {
  return `What is written into ${what} after that stays on the old machine: have nobody work in ${what} until the machines are updated.`;
}

function goneEvents(old: ReadonlyMap<number, EventPlace>, now: ReadonlyMap<number, EventPlace>): string[] {
  const gone = [...old].filter(([id]) => !now.has(id)).map(([, place]) => place);
  if (gone.length === 0) return [];
  const [one] = gone;
  if (one && gone.length === 1) {
    return [
      `The event ${quoted(one.name)} goes: /${one.path}/ no longer answers. Its database ${one.database} stays where it is, and nothing uses it.`,
    ];
  }
  const paths = listed(gone.map(({ path }) => `/${path}/`));
  return [
    `${counted(gone.length, 'event')} go, whose addresses no longer answer: ${paths}. Their databases stay where they are, and nothing uses them.`,
  ];
}

function renamedStudios(before: Index, after: Index): string[] {
  const names = new Map(before.studios.map(({ id, name }) => [id, name]));
  return after.studios.flatMap(({ id, name }) => {
    const old = names.get(id);
    if (old === undefined || old === name) return [];
    const users = after.users.filter(({ sites }) => sites.includes(name)).length;
    return [
      `The studio ${quoted(old)} is called ${quoted(name)}, also where its events ask who may enter: ${counted(users, 'user')} who could enter it still can, once the machines are updated.`,
    ];
  });
}

function otherRegions(before: Index, after: Index): string[] {
  const regions = new Map(before.studios.map(({ id, region }) => [id, region]));
  const moved = after.studios.filter(({ id, region }) => regions.has(id) && regions.get(id) !== region);
  return [...Map.groupBy(moved, ({ region }) => region)].map(([region, studios]) => {
    const keys = listed(studios.map(({ key }) => key));
    const what =
      studios.length === 1 ? `The studio ${keys} is` : `${counted(studios.length, 'studio')} (${keys}) are`;
    return region === null
      ? `${what} served by every region, since no region is the nearest.`
      : `${what} served by the region ${region}, which fetches the databases of ${studios.length === 1 ? 'its' : 'their'} events as they were uploaded last. ${staysBehind('them')}`;
  });
}

function goneLogins(before: Index, after: Index): string[] {
  const logins = loginsOf(after);
  return [...loginsOf(before).keys()]
    .filter((userid) => !logins.has(userid))
    .map((userid) => `The user ${quoted(userid)} can no longer log in once the machines are updated.`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
