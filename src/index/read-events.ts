import type { Database } from '../database/sqlite.ts';
import { quoted } from '../text.ts';
import type { Warning } from '../warning.ts';
import type { Event, Studio, StudioYear, Year } from './index-model.ts';
import { keyProblem } from './keys.ts';
import { isReadableDate } from './read-dates.ts';
import { nameEvent, nameRow } from './row-names.ts';
import { type Row, rowsOf } from './rows.ts';
import { compareBytes } from './sort-order.ts';
import type { Studios } from './studios.ts';

interface EventRow extends Event {
  /** Place in the studio's list; none sorts below every number, as in SQLite. */
  readonly order: number;
}

/** The events of one studio in one year, in the order of their ids, while they are being collected. */
class Group {
  events: EventRow[] = [];
  readonly year: number;
  readonly studio: Studio;
  /** Only for long lists, since most have one or two events. */
  #byKey: Map<string, EventRow> | null = null;

  constructor(year: number, studio: Studio) {
    this.year = year;
    this.studio = studio;
  }

  find(key: string): EventRow | undefined {
    if (this.events.length < 16) return this.events.find((event) => event.key === key);
    this.#byKey ??= new Map(this.events.map((event) => [event.key, event]));
    return this.#byKey.get(key);
  }

  add(event: EventRow): void {
    this.events.push(event);
    this.#byKey?.set(event.key, event);
  }

  /** One event, and its key is `showcase`: a single tenant for the studio. */
  isSingle(): boolean {
    return this.events.length === 1 && this.events[0]?.key === 'showcase';
  }
}

const COLUMNS = ['location_id', 'year', 'key', 'name', 'date', 'order'];

/** Years descending, in each the studios by key, in each the events in list order. */
export function readYears(db: Database, studios: Studios, warnings: Warning[]): Year[] {
  const years = readGroups(db, studios, warnings);
  const groups = [...years.values()].flatMap((byStudio) => [...byStudio.values()]);
  const singles = new Set(groups.filter((group) => group.isSingle()));
  // Only now: what is left out here must not turn a studio's year from many events into a single one, since that
  // would rename the database of the event that remains.
  leaveOutSharedDatabases(groups, singles, warnings);
  return [...years.keys()]
    .sort((a, b) => b - a)
    .flatMap((year) => {
      const left = [...(years.get(year)?.values() ?? [])].filter((group) => group.events.length > 0);
      const sorted = left.sort((a, b) => compareBytes(a.studio.key, b.studio.key));
      const list = sorted.map((group) => studioYear(group, singles.has(group)));
      return list.length > 0 ? [{ year, studios: list }] : [];
    });
}

/** By year, then by the studio's id. */
type Groups = Map<number, Map<number, Group>>;

function readGroups(db: Database, studios: Studios, warnings: Warning[]): Groups {
  const years: Groups = new Map();
  const isReadable = rememberingLast(isReadableDate);
  const nameOf = (row: Row): string | null => {
    const id = row.shown('location_id');
    const studio =
      id === null ? null : (studios.byId.get(Number(id))?.key ?? studios.leftOut.get(Number(id)));
    return nameEvent(row.shown('year'), studio ?? null, row.shown('key'));
  };
  for (const row of rowsOf(db, 'showcases', COLUMNS, warnings, nameOf)) {
    const year = row.integer('year', 1000, 9999);
    const key = row.key('key', keyProblem);
    const name = row.name('name', key);
    const date = row.words('date');
    const order = row.optionalNumber('order') ?? Number.NEGATIVE_INFINITY;
    const location = row.number('location_id');
    const studio = location === null ? undefined : studios.byId.get(location);
    if (!studio) {
      const gone = location !== null && studios.leftOut.has(location);
      row.problems.push(`its studio (location ${location}) ${gone ? 'cannot be used' : 'does not exist'}`);
      continue;
    }
    if (date !== null && !isReadable(date, { year, locale: studio.locale })) {
      row.notes.push(`date ${quoted(date)} cannot be read: pages show it, after those that can`);
    }
    const group = groupOf(years, year, studio);
    const first = group.find(key);
    if (first) row.problems.push(`row ${first.id} is the same event of the same studio and year`);
    if (row.good) group.add({ id: row.id, key, name, date, order });
  }
  return years;
}

/** The same for dates one after another, of which many are as the one before. */
function rememberingLast(read: typeof isReadableDate): typeof isReadableDate {
  let last: { text: string; year: number; locale: string | null; answer: boolean } | null = null;
  return (text, { year, locale }) => {
    if (last?.text === text && last.year === year && last.locale === locale) return last.answer;
    last = { text, year, locale, answer: read(text, { year, locale }) };
    return last.answer;
  };
}

function groupOf(years: Groups, year: number, studio: Studio): Group {
  const studios = years.get(year) ?? new Map<number, Group>();
  if (studios.size === 0) years.set(year, studios);
  const group = studios.get(studio.id) ?? new Group(year, studio);
  if (group.events.length === 0) studios.set(studio.id, group);
  return group;
}

/** The name of the tenant's database: `<year>-<studio>` for a single event, else `<year>-<studio>-<event>`. */
function databaseName(group: Group, event: Event, single: boolean): string {
  const name = `${group.year}-${group.studio.key}`;
  return single ? name : `${name}-${event.key}`;
}

/**
 * Two events could share a database: event `c` of studio `a-b`, and event `b-c` of studio `a`. The event with the lower
 * id keeps it, on every machine, so that every machine decides alike.
 */
function leaveOutSharedDatabases(
  groups: readonly Group[],
  singles: ReadonlySet<Group>,
  warnings: Warning[],
): void {
  const suspects = sharedBeginnings(groups);
  const claims = groups
    .filter((group) => suspects.has(group.studio.key))
    .flatMap((group) => group.events.map((event) => ({ group, event })))
    .sort((a, b) => a.event.id - b.event.id);
  const owners = new Map<string, string>();
  const losers = new Set<EventRow>();
  for (const { group, event } of claims) {
    const name = databaseName(group, event, singles.has(group));
    const row = nameRow('showcases', nameEvent(String(group.year), group.studio.key, event.key), event.id);
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, row);
      continue;
    }
    losers.add(event);
    const reason = `${owner} uses the same database ${quoted(name)}; left out`;
    warnings.push({ table: 'showcases', id: event.id, row, reason });
  }
  if (losers.size === 0) return;
  for (const group of groups) group.events = group.events.filter((event) => !losers.has(event));
}

/** Studio keys that begin with another studio's key and a hyphen: only their databases can have the same name. */
function sharedBeginnings(groups: readonly Group[]): Set<string> {
  const keys = new Set(groups.map((group) => group.studio.key));
  const shared = new Set<string>();
  for (const key of keys) {
    for (let at = key.indexOf('-'); at >= 0; at = key.indexOf('-', at + 1)) {
      const beginning = key.slice(0, at);
      if (keys.has(beginning)) shared.add(beginning).add(key);
    }
  }
  return shared;
}

/**
 * The platform asks for events by "order" descending and lists them the other way round; of events with the same
 * order, the query gives the lower id first and the list the higher.
 */
function studioYear({ year, studio, events }: Group, single: boolean): StudioYear {
  const rows = events.sort((a, b) => compareNumbers(a.order, b.order) || b.id - a.id);
  return { year, studio, single, events: rows.map(({ id, key, name, date }) => ({ id, key, name, date })) };
}

/** Unlike a difference, this is right for infinities too. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
