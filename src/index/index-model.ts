import type { Warning } from '../warning.ts';

/** The index as immutable values: every other room computes from these. Bad rows are already left out. */

/** A person who may log in. */
export interface User {
  readonly id: number;
  readonly userid: string;
  /** The whole htpasswd line `userid:hash`, proved usable; null when the user cannot log in. */
  readonly htpasswdLine: string | null;
  /** Studio names this user may enter; `index` among them makes an administrator. */
  readonly sites: readonly string[];
}

/** A deployed region (`regions.type = 'fly'`). Latitude and longitude in degrees, null where the row has none. */
export interface Region {
  readonly code: string;
  readonly name: string;
  readonly lat: number | null;
  readonly lon: number | null;
}

/** A studio (a row of `locations`). */
export interface Studio {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly lat: number | null;
  readonly lon: number | null;
  /** Code of the deployed region that owns the studio's tenants, as `regionFinder` finds it; null for none. */
  readonly region: string | null;
  /** BCP 47 tag such as `it-IT`; null when empty or `en-US`. */
  readonly locale: string | null;
  /** File name of the logo; null when empty or the platform's default. */
  readonly logo: string | null;
}

/** One event (a row of `showcases`). */
export interface Event {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  /** Free text as the studio typed it; null when empty. */
  readonly date: string | null;
}

/** What one studio holds in one year. */
export interface StudioYear {
  readonly year: number;
  readonly studio: Studio;
  /** True for a single event whose key is `showcase`: one tenant for the studio itself. */
  readonly single: boolean;
  /** At least one, in list order. */
  readonly events: readonly Event[];
}

export interface Year {
  readonly year: number;
  /** Sorted by studio key, in byte order. */
  readonly studios: readonly StudioYear[];
}

/** Everything that the index says, years descending, regions and studios sorted by code and key in byte order. */
export interface Index {
  readonly users: readonly User[];
  readonly regions: readonly Region[];
  readonly studios: readonly Studio[];
  readonly years: readonly Year[];
}

/** What `readIndex` returns. */
export interface ReadIndex {
  readonly index: Index;
  readonly warnings: readonly Warning[];
}

/** The platform's own, for every studio that names none. */
export const DEFAULT_LOCALE = 'en-US';
export const DEFAULT_LOGO = 'arthur-murray-logo.gif';

/** All studio years: years descending, studios by key. */
export function* entriesOf({ years }: Index): Generator<StudioYear, undefined> {
  for (const { studios } of years) yield* studios;
}

export function countEvents(entries: Iterable<StudioYear>): number {
  let count = 0;
  for (const { events } of entries) count += events.length;
  return count;
}
