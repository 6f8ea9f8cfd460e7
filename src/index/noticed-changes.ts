import type { NoticedChange } from '../noticed-change.ts';
import { type EventPlace, eventPlaces, loginsOf } from './event-places.ts';
import type { Index } from './index-model.ts';

/**
 * What people notice of a new index: events first, then studios and logins. Events are compared by their ids, as an update
 * does when it brings a database along to the new name of its event.
 *
 * @param root what every address begins with, such as `/showcase`
 */
export function noticedChanges(before: Index, after: Index, root: string): NoticedChange[] {
  return [
    ...changedEvents(before, after, root),
    ...movedStudios(before, after),
    ...changedLogins(before, after),
  ];
}

function changedEvents(before: Index, after: Index, root: string): NoticedChange[] {
  const [old, now] = [eventPlaces(before), eventPlaces(after)];
  const [oldPaths, paths] = [pathsOf(old), pathsOf(now)];
  const address = ({ path }: EventPlace): string => `${root}/${path}/`;
  const added = [...now].filter(([id, { path }]) => !old.has(id) && !oldPaths.has(path));
  const gone = [...old].filter(([id, { path }]) => !now.has(id) && !paths.has(path));
  const moved = [...now].flatMap(([id, place]) => {
    const from = old.get(id) ?? place;
    return from.path === place.path ? [] : [{ name: address(place), from: address(from) }];
  });
  return [
    ...added.map(([, place]) => ({ kind: 'event', change: 'new', name: address(place) }) as const),
    ...moved.map((move) => ({ kind: 'event', change: 'moved', ...move }) as const),
    ...gone.map(([, place]) => ({ kind: 'event', change: 'gone', name: address(place) }) as const),
  ];
}

function pathsOf(places: ReadonlyMap<number, EventPlace>): Set<string> {
  return new Set([...places.values()].map(({ path }) => path));
}

/** Only those that have events: of others no machine serves anything. */
function movedStudios(before: Index, after: Index): NoticedChange[] {
  const regions = new Map(before.studios.map(({ key, region }) => [key, region]));
  const busy = new Set(after.years.flatMap(({ studios }) => studios.map(({ studio }) => studio.key)));
  return after.studios.flatMap(({ key: name, region: to }): NoticedChange[] => {
    const from = regions.get(name);
    if (from === undefined || from === to || !busy.has(name)) return [];
    return [{ kind: 'studio', change: 'moved', name, from, to }];
  });
}

function changedLogins(before: Index, after: Index): NoticedChange[] {
  const [old, now] = [loginsOf(before), loginsOf(after)];
  const login = (change: NoticedChange['change'], names: readonly string[]) =>
    names.map((name) => ({ kind: 'login', change, name }) as const);
  const [then, later] = [[...old.keys()], [...now.keys()]];
  const isOther = (name: string): boolean => old.has(name) && old.get(name) !== now.get(name);
  return [
    ...login(
      'new',
      later.filter((name) => !old.has(name)),
    ),
    ...login('password', later.filter(isOther)),
    ...login(
      'gone',
      then.filter((name) => !now.has(name)),
    ),
  ];
}
