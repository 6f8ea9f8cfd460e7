import type { DateContext, Days } from '../index/read-dates.ts';
import { readDays } from '../index/read-dates.ts';
import { namesIn, numberOf, textOf, versionOf, type WholeRow } from './index-tables.ts';

/** Rows as pages show them. Text that a row does not have is ''; every row has the version that a form carries.
 * Versions and days are found when they are asked for: a page shows 50 rows of many. */

interface Shown {
  readonly id: number;
  readonly version: string;
}

export interface UserView extends Shown {
  readonly userid: string;
  readonly email: string;
  readonly name1: string;
  readonly name2: string;
  /** Names of studios; `index` makes an administrator. */
  readonly sites: readonly string[];
  readonly hasPassword: boolean;
  /** Keys of the studios that the user owns. */
  readonly owns: readonly string[];
}

export interface StudioView extends Shown {
  readonly key: string;
  readonly name: string;
  readonly logo: string;
  /** Degrees. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Code as the row has it; '' for the nearest. */
  readonly region: string;
  readonly locale: string;
  readonly sisters: readonly string[];
  readonly trustLevel: number;
  /** Userid; '' for none. */
  readonly owner: string;
  /** Number of events in all years. */
  readonly events: number;
}

export interface EventView extends Shown {
  readonly year: number | null;
  readonly key: string;
  readonly name: string;
  /** As the row has it. */
  readonly date: string;
  /** What `date` says; null where it cannot be read. */
  readonly days: Days | null;
  readonly order: number | null;
  /** Key and name; '' for a studio that does not exist. */
  readonly studio: string;
  readonly studioName: string;
  /** Path below the root, `2027/boston/medal-ball`, or `2027/boston` for a sole event of the key `showcase`. */
  readonly path: string;
  /** Name of its database, such as `2027-boston-medal-ball`. */
  readonly database: string;
}

export interface RegionView extends Shown {
  readonly type: string;
  readonly code: string;
  readonly location: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Number of studios whose row names it. */
  readonly studios: number;
}

/** The rows of all four tables. */
export interface AllRows {
  readonly users: readonly WholeRow[];
  readonly locations: readonly WholeRow[];
  readonly showcases: readonly WholeRow[];
  readonly regions: readonly WholeRow[];
}

export function userViews({ users, locations }: Pick<AllRows, 'users' | 'locations'>): UserView[] {
  const owned = Map.groupBy(locations, (row) => row['user_id']);
  return users.map((row) => ({
    id: Number(row['id']),
    get version() {
      return versionOf(row);
    },
    userid: textOf(row, 'userid'),
    email: textOf(row, 'email'),
    name1: textOf(row, 'name1'),
    name2: textOf(row, 'name2'),
    sites: namesIn(textOf(row, 'sites')),
    hasPassword: textOf(row, 'password').trim() !== '',
    owns: (owned.get(row['id']) ?? []).map((studio) => textOf(studio, 'key')),
  }));
}

export function studioViews({
  locations,
  users,
  showcases,
}: Pick<AllRows, 'locations' | 'users' | 'showcases'>): StudioView[] {
  const events = Map.groupBy(showcases, (row) => row['location_id']);
  const userids = new Map(users.map((row) => [row['id'], textOf(row, 'userid')]));
  return locations.map((row) => ({
    id: Number(row['id']),
    get version() {
      return versionOf(row);
    },
    key: textOf(row, 'key'),
    name: textOf(row, 'name'),
    logo: textOf(row, 'logo'),
    latitude: numberOf(row, 'latitude'),
    longitude: numberOf(row, 'longitude'),
    region: textOf(row, 'region'),
    locale: textOf(row, 'locale'),
    sisters: namesIn(textOf(row, 'sisters')),
    trustLevel: numberOf(row, 'trust_level') ?? 0,
    owner: userids.get(row['user_id'] ?? null) ?? '',
    events: events.get(row['id'])?.length ?? 0,
  }));
}

/** Newest years first; in each the studios by key, in each the events in the order of their list. */
export function eventViews({ showcases, locations }: Pick<AllRows, 'showcases' | 'locations'>): EventView[] {
  const studios = new Map(locations.map((row) => [row['id'], row]));
  const years = Map.groupBy(showcases, (row) => `${row['location_id']}/${row['year']}`);
  const views = showcases.map((row): EventView => {
    const studio = studios.get(row['location_id']);
    const year = numberOf(row, 'year');
    const key = textOf(row, 'key');
    const owner = studio ? textOf(studio, 'key') : '';
    const siblings = years.get(`${row['location_id']}/${row['year']}`) ?? [];
    const path = [year ?? '?', owner, ...(siblings.length === 1 && key === 'showcase' ? [] : [key])];
    const date = textOf(row, 'date');
    return {
      id: Number(row['id']),
      get version() {
        return versionOf(row);
      },
      year,
      key,
      name: textOf(row, 'name'),
      date,
      get days() {
        return year === null ? null : readDays(date, { year, locale: studio ? localeOf(studio) : null });
      },
      order: numberOf(row, 'order'),
      studio: owner,
      studioName: studio ? textOf(studio, 'name') : '',
      path: path.join('/'),
      database: path.join('-'),
    };
  });
  return views.sort(
    (a, b) => (b.year ?? 0) - (a.year ?? 0) || compare(a.studio, b.studio) || compareInList(a, b),
  );
}

/** As machines list them: one without an order first, of two with the same the newer row. */
function compareInList(a: EventView, b: EventView): number {
  const [first, second] = [a.order ?? Number.NEGATIVE_INFINITY, b.order ?? Number.NEGATIVE_INFINITY];
  return first < second ? -1 : first > second ? 1 : b.id - a.id;
}

export function regionViews({ regions, locations }: Pick<AllRows, 'regions' | 'locations'>): RegionView[] {
  const studios = Map.groupBy(locations, (row) => row['region']);
  return regions.map((row) => ({
    id: Number(row['id']),
    get version() {
      return versionOf(row);
    },
    type: textOf(row, 'type'),
    code: textOf(row, 'code'),
    location: textOf(row, 'location'),
    latitude: numberOf(row, 'latitude'),
    longitude: numberOf(row, 'longitude'),
    studios: studios.get(row['code'])?.length ?? 0,
  }));
}

/** BCP 47, as the reader of dates takes it. */
export function localeOf(studio: WholeRow): DateContext['locale'] {
  return textOf(studio, 'locale').replaceAll('_', '-') || null;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
