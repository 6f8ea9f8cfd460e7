import type { StoredObject } from '../store/types.ts';

/*
 * How databases stand in the bucket. Other programs read and write the same layout.
 */

/** The name that the index has among the databases. */
export const INDEX_NAME = 'index';

/** Every database stands below it. */
export const DATABASE_PREFIX = 'db/';
/** Every inventory stands below it. */
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

/**
 * What an object holds: `imageDigest` of the database that it was made from. Only this program writes that. Null where
 * another one has stored it.
 */
export function statedDigest({ metadata }: StoredObject): string | null {
  return metadata[DIGEST_METADATA] || null;
}

/** When what an object holds was last changed: its `last-modified` metadata, else the store's own time of it. */
export function objectTime(object: StoredObject): Date {
  return statedTime(object) ?? object.modified;
}

/** What its `last-modified` metadata says; null where it has none that can be read. */
export function statedTime(object: StoredObject): Date | null {
  return parseTime(object.metadata['last-modified'] ?? '');
}

/**
 * Reads a time as metadata and inventories have it: UTC, such as `2025-11-19 12:00:00 UTC`, with a fraction or in ISO
 * 8601 as well. Null for anything else.
 */
export function parseTime(text: string): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?(?:UTC|Z|\+00:?00)$/.exec(
    text.trim(),
  );
  const time = match ? new Date(`${match[1]}T${match[2]}Z`) : null;
  return time && !Number.isNaN(time.getTime()) ? time : null;
}

/** Writes such a time, with the milliseconds where there are any. */
export function renderTime(time: Date): string {
  const [date, clock] = time.toISOString().split('T');
  return `${date} ${clock?.replace(/\.000Z$|Z$/, '')} UTC`;
}

/** Times of databases are compared to the second: file systems and stores keep different fractions. */
export function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
