import type { Database } from '../sqlite.ts';
import { keyProblem, quoted } from './keys.ts';
import { compareBytes } from './order.ts';
import { visitRows } from './rows.ts';
import type { Studios } from './studios.ts';
import type { Event, Studio, StudioYear, Warning, Year } from './types.ts';

interface EventRow extends Event {
  /** Place in the studio's list; none sorts below every number, as in SQLite. */
  readonly order: number;
}

/** The events of one studio in one year, by key, while they are being collected. */
interface Group {
  readonly year: number;
  readonly studio: Studio;
  readonly events: Map<string, EventRow>;
}

const COLUMNS = ['location_id', 'year', 'key', 'name', 'date', 'order'];

/** Years descending, in each the studios by key, in each the events in list order. */
export function readYears(db: Database, studios: Studios, warnings: Warning[]): Year[] {
  const years = readGroups(db, studios, warnings);
  const singles = new Set<Group>();
  for (const group of allGroups(years)) {
    if (group.events.size === 1 && group.events.has('showcase')) singles.add(group);
  }
  // Only now: what is left out here must not turn a studio's year from many events into a single one, since that
  // would rename the database of the event that remains.
  leaveOutSharedDatabases(years, singles, warnings);
  return [...years.keys()]
    .sort((a, b) => b - a)
    .flatMap((year) => {
      const groups = [...(years.get(year)?.values() ?? [])].filter((group) => group.events.size > 0);
      const sorted = groups.sort((a, b) => compareBytes(a.studio.key, b.studio.key));
      return sorted.length > 0
        ? [{ year, studios: sorted.map((group) => studioYear(group, singles.has(group))) }]
        : [];
    });
}

type Groups = Map<number, Map<number, Group>>;

function readGroups(db: Database, studios: Studios, warnings: Warning[]): Groups {
  const years: Groups = new Map();
  visitRows(db, 'showcases', COLUMNS, warnings, (row) => {
    const year = row.integer('year', 1000, 9999);
    const key = row.key('key', keyProblem);
    const event: EventRow = {
      id: row.id,
      key,
      name: row.name('name', key),
      date: row.line('date'),
      order: row.number('order') ?? Number.NEGATIVE_INFINITY,
    };
    const location = row.number('location_id');
    const studio = location === null ? undefined : studios.byId.get(location);
    if (!studio) {
      const gone = location !== null && studios.leftOut.has(location);
      row.problems.push(
        gone ? `its location ${location} was left out` : `its location ${location} does not exist`,
      );
      return;
    }
    const events = years.get(year)?.get(studio.id)?.events;
    const first = events?.get(key);
    if (first) row.problems.push(`row ${first.id} is the same event of the same studio and year`);
    if (!row.good) return;
    if (events) events.set(key, event);
    else startGroup(years, { year, studio, events: new Map([[key, event]]) });
  });
  return years;
}

function startGroup(years: Groups, group: Group): void {
  const studios = years.get(group.year);
  if (studios) studios.set(group.studio.id, group);
  else years.set(group.year, new Map([[group.studio.id, group]]));
}

function* allGroups(years: Groups): Generator<Group> {
  for (const studios of years.values()) yield* studios.values();
}

/** The name of the tenant's database: `<year>-<studio>` for a single event, else `<year>-<studio>-<event>`. */
function databaseName(group: Group, event: Event, single: boolean): string {
  const name = `${group.year}-${group.studio.key}`;
  return single ? name : `${name}-${event.key}`;
}

/**
 * Two events could share a database: event `c` of studio `a-b`, and event `b-c` of studio `a`. The one with the lower
 * id keeps it, wherever it is served, so that every machine decides alike.
 */
function leaveOutSharedDatabases(years: Groups, singles: ReadonlySet<Group>, warnings: Warning[]): void {
  const owners = new Map<string, { group: Group; event: EventRow }>();
  for (const group of allGroups(years)) {
    for (const event of group.events.values()) {
      const name = databaseName(group, event, singles.has(group));
      const other = owners.get(name);
      if (!other) {
        owners.set(name, { group, event });
        continue;
      }
      const [winner, loser] =
        event.id < other.event.id ? [{ group, event }, other] : [other, { group, event }];
      owners.set(name, winner);
      loser.group.events.delete(loser.event.key);
      warnings.push({
        table: 'showcases',
        id: loser.event.id,
        reason: `row ${winner.event.id} uses the same database ${quoted(name)}; left out`,
      });
    }
  }
}

/**
 * The platform asks for events by "order" descending and lists them the other way round; of events with the same
 * order, the query gives the lower id first and the list the higher.
 */
function studioYear({ year, studio, events }: Group, single: boolean): StudioYear {
  const rows = [...events.values()].sort((a, b) => compareNumbers(a.order, b.order) || b.id - a.id);
  return { year, studio, single, events: rows.map(({ id, key, name, date }) => ({ id, key, name, date })) };
}

/** Unlike a difference, this is right for infinities too. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
