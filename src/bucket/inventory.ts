import { bareEtag } from '../etag.ts';
import { parseTime } from '../time.ts';
import { isFarAhead } from './object-names.ts';

/*
 * An inventory is a JSON object that says of each database of a region what the store has of it. Several programs write
 * it, so what is read of it is taken as it is found, and what is not understood is left alone.
 */

/** What an inventory says of one database. */
export interface InventoryEntry {
  /** Of the object that it speaks of, without quotes. */
  readonly etag: string;
  /** The event's own date, free text; null for none. */
  readonly date: string | null;
  /** When the database was last changed. */
  readonly time: Date;
}

/** Bytes; an inventory of 400 databases has some 60 KiB. */
export const MAX_INVENTORY_BYTES = 32 * 2 ** 20;

/** By file name, such as `2025-boston.sqlite3`: the raw entry. */
export type RawInventory = Map<string, unknown>;

/** Null if the text is not an inventory. Some programs begin one with a byte order mark. */
export function parseInventory(text: string): RawInventory | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return new Map(Object.entries(value));
  } catch {
    return null;
  }
}

/**
 * One entry; null when it lacks what makes one, or says that the database was changed far ahead of now: its reader asks
 * the object itself then.
 *
 * @param now the clock of this machine
 */
export function inventoryEntry(value: unknown, now = new Date()): InventoryEntry | null {
  const entry = writtenEntry(value);
  return entry && !isFarAhead(entry.time, now) ? entry : null;
}

/** One entry as it is, whatever its time; null if it lacks a required field. */
export function writtenEntry(value: unknown): InventoryEntry | null {
  if (typeof value !== 'object' || value === null) return null;
  const { etag, date, last_modified } = value as Readonly<Record<string, unknown>>;
  const time = typeof last_modified === 'string' ? parseTime(last_modified) : null;
  if (typeof etag !== 'string' || etag === '' || !time) return null;
  return { etag: bareEtag(etag), date: typeof date === 'string' ? date : null, time };
}
