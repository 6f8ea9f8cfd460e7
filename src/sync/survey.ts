import { type BigIntStats, statSync } from 'node:fs';
import { INDEX_NAME, wholeSeconds } from '../bucket/object-names.ts';
import { Failure } from '../failure.ts';
import type { Site } from '../site/site.ts';
import { readLocal } from '../tenants/local-copy.ts';
import { mayBeSince, type SeenAt } from '../tenants/seen.ts';
import type { LocalCopy, Seen, TenantDatabase } from '../tenants/tenant-model.ts';
import { UNTOUCHED } from '../tenants/tenants-settings.ts';
import type { KnownCopy } from './upload-model.ts';

/** One tenant's database as a look at its files shows it. */
export interface Surveyed {
  readonly tenant: TenantDatabase;
  /**
   * Null if there is none, or an empty one. A symbolic link is a deliberate choice of the operator, and is left alone.
   */
  readonly local: LocalCopy | null;
  /** The version that it was made from; null if unknown. */
  readonly seen: Seen | null;
  /** Whether it may have been changed since. Only reading it can tell. */
  readonly suspect: boolean;
  /** Why it could not be looked at, if it could not. */
  readonly failure: Failure | null;
}

/** What is known of all of them beforehand. */
export interface Knowledge {
  readonly seen: ReadonlyMap<string, SeenAt>;
  readonly copy: (name: string) => KnownCopy | null;
}

/**
 * Looks at the files of these databases, without opening one, and without a request: 400 of them take milliseconds.
 *
 * @param now milliseconds since 1970
 */
export function survey(tenants: readonly TenantDatabase[], knowledge: Knowledge, now: number): Surveyed[] {
  return tenants.map((tenant) => surveyOne(tenant, knowledge, now));
}

function surveyOne(tenant: TenantDatabase, { seen: all, copy }: Knowledge, now: number): Surveyed {
  const seen = all.get(tenant.name) ?? null;
  try {
    const found = readLocal(tenant.path);
    const local = found?.empty === false ? found : null;
    const suspect =
      local !== null &&
      !local.linked &&
      // A database that was made for a new event, and is unchanged, is the same on every machine of its region.
      local.modified.getTime() !== UNTOUCHED.getTime() &&
      (seen === null || !isSame(local, fingerprint(tenant.path, now), seen, copy(tenant.name)));
    return { tenant, local, seen, suspect, failure: null };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { tenant, local: null, seen, suspect: false, failure };
  }
}

/**
 * Whether a database is certainly unchanged since the store had the same. If it was read then, the times of its files
 * tell, to the nanosecond. If it was fetched, it got the store's time, which other programs keep in whole seconds. That
 * does not count in the second of the fetch, or for a second in the future.
 */
function isSame(local: LocalCopy, { print }: Fingerprint, seen: SeenAt, known: KnownCopy | null): boolean {
  if (known && known.digest === seen.digest) return known.isAtRest && known.print === print;
  return wholeSeconds(local.modified) === wholeSeconds(seen.time) && !mayBeSince(local.modified, seen);
}

/**
 * Whether this machine may upload a tenant's database: on Fly those of its own region, and those that no region owns,
 * which every region serves (then the first upload wins, and the others get a message). The Kamal server and the admin
 * host only download: they hold copies.
 */
export function mayUpload({ region }: TenantDatabase, site: Site): boolean {
  return site.region !== null && (region === null || region === site.region);
}

/** The inventory that says what the store has of a tenant's database: that of the index where no region owns it. */
export function inventoryOf({ region }: TenantDatabase): string {
  return region ?? INDEX_NAME;
}

/** Milliseconds after which a file that was written has a time that differs from that of any later write. */
const REST_MS = 2000;

export interface Fingerprint {
  /** Changes with every write to the database or its write-ahead log, also with one that sets the time back. */
  readonly print: string;
  /** Whether the next write will surely change it. */
  readonly isAtRest: boolean;
}

/**
 * Tells whether a database has been written to, without opening it. Take it before the database is read: what is
 * written while it is read must show.
 *
 * @param now milliseconds since 1970
 */
export function fingerprint(path: string, now: number): Fingerprint {
  const files = [path, `${path}-wal`].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return { print: files.map(printOf).join(' '), isAtRest: files.every((file) => atRest(file, now)) };
}

function printOf(stats: BigIntStats | undefined): string {
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}` : '-';
}

/** A time in the future does not count either: the clock has been set back, and will pass that time once more. */
function atRest(stats: BigIntStats | undefined, now: number): boolean {
  if (!stats) return true;
  return Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs)) < now - REST_MS;
}
