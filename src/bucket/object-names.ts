import type { StoredObject } from '../store/object-store.ts';
import { parseTime } from '../time.ts';

/* The layout of databases in the bucket. Other programs read and write the same layout. */

/** The name that the index has among the databases. */
export const INDEX_NAME = 'index';

/** Prefix of every database. */
export const DATABASE_PREFIX = 'db/';
/** Prefix of every inventory. */
export const INVENTORY_PREFIX = 'inventory/';

/** Name of the metadata that has the digest of a database. */
export const DIGEST_METADATA = 'image-digest';

const SUFFIX = '.sqlite3';

/** `2025-boston` to `2025-boston.sqlite3`: the name of the file, and of the entry in an inventory. */
export function databaseFile(name: string): string {
  return `${name}${SUFFIX}`;
}

/** `2025-boston` to `db/2025-boston.sqlite3`. */
export function databaseKey(name: string): string {
  return `${DATABASE_PREFIX}${databaseFile(name)}`;
}

/** `db/2025-boston.sqlite3` to `2025-boston`; null for the key of anything else. */
export function databaseName(key: string): string | null {
  if (!key.startsWith(DATABASE_PREFIX) || !key.endsWith(SUFFIX)) return null;
  const name = key.slice(DATABASE_PREFIX.length, -SUFFIX.length);
  return name === '' || name.includes('/') ? null : name;
}

/** The inventory of the databases that a region owns; that of the index is called `index`. */
export function inventoryKey(region: string): string {
  return `${INVENTORY_PREFIX}${region}.json`;
}

/** `imageDigest` of the database in an object. Only this program writes it; null if another one stored the object. */
export function statedDigest({ metadata }: StoredObject): string | null {
  return metadata[DIGEST_METADATA] || null;
}

/**
 * Milliseconds: a day, and an hour for clocks that differ. What lies further ahead is not the time of a change.
 */
const MOST_AHEAD_MS = 25 * 60 * 60 * 1000;

/**
 * Whether a time is more than a day ahead of all these clocks. It then says nothing of when something was changed, and
 * would win over every time to come.
 */
export function isFarAhead(time: Date, ...clocks: readonly Date[]): boolean {
  return clocks.every((clock) => time.getTime() - clock.getTime() > MOST_AHEAD_MS);
}

/**
 * When what an object holds was last changed: its `last-modified` metadata, else the store's own time of it.
 *
 * @param now the clock of this machine
 */
export function objectTime(object: StoredObject, now = new Date()): Date {
  return statedTime(object, now) ?? object.modified;
}

/**
 * The time in its `last-modified` metadata; null if there is none that can be read, or one that is far ahead.
 *
 * @param now the clock of this machine
 */
export function statedTime(object: StoredObject, now = new Date()): Date | null {
  const time = metadataTime(object);
  return time && !isMistaken(time, object, now) ? time : null;
}

/** The time in an object's `last-modified` metadata where that is far ahead, and so counts for nothing; else null. */
export function mistakenTime(object: StoredObject, now = new Date()): Date | null {
  const time = metadataTime(object);
  return time && isMistaken(time, object, now) ? time : null;
}

function metadataTime({ metadata }: StoredObject): Date | null {
  return parseTime(metadata['last-modified'] ?? '');
}

/** By the store's clock, too: that of a machine which was just resumed may be days behind. */
function isMistaken(time: Date, { modified }: StoredObject, now: Date): boolean {
  return isFarAhead(time, now, modified);
}

/**
 * Its `last-modified` metadata if that is not a readable time; else null. The store's own time must not replace it
 * then: the object may be far older.
 */
export function unreadableTime({ metadata }: StoredObject): string | null {
  const text = metadata['last-modified']?.trim();
  return text && !parseTime(text) ? text : null;
}

/** Writes a time as metadata and inventories have it, with the milliseconds where there are any. */
export function renderTime(time: Date): string {
  const [date, clock] = time.toISOString().split('T');
  return `${date} ${clock?.replace(/\.000Z$|Z$/, '')} UTC`;
}

/** Times of databases are compared to the second: file systems and stores keep different fractions. */
export function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
