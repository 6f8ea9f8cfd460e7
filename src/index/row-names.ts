import { quoted } from '../text.ts';
import type { Warning } from '../warning.ts';

type Table = Warning['table'];

/** The administrators' words for a row of a table: singular and plural. */
const NOUNS: Readonly<Record<Table, readonly [one: string, several: string]>> = {
  users: ['user', 'users'],
  locations: ['studio', 'studios'],
  showcases: ['event', 'events'],
  regions: ['region', 'regions'],
};

/** Characters that messages show without quotes: everything that a key may hold, those of usual user names, and `?`. */
const PLAIN = /^[\p{L}\p{N}@._\-'+?]{1,60}$/u;

/** `studio kobe (locations 42)`; `name` is null if the row has no name that can be shown. */
export function nameRow(table: Table, name: string | null, id: number): string {
  const [noun] = NOUNS[table];
  const called = name === null ? noun : `${noun} ${isPlain(table, name) ? name : quoted(name)}`;
  return `${called} (${table} ${id})`;
}

function isPlain(table: Table, name: string): boolean {
  if (table !== 'showcases') return PLAIN.test(name);
  const parts = name.split('/');
  return parts.length === 3 && parts.every((part) => PLAIN.test(part));
}

/** A row without a usable id. */
export function nameRowWithoutId(table: Table): string {
  return `${NOUNS[table][0]} without an id (${table})`;
}

/** Several rows: `studios`. */
export function nameRows(table: Table): string {
  return NOUNS[table][1];
}

/** `2026/boston/gala`, with a question mark for each unknown part; null if all parts are unknown. */
export function nameEvent(year: string | null, studio: string | null, key: string | null): string | null {
  const parts = [year, studio, key];
  return parts.every((part) => part === null) ? null : parts.map((part) => part ?? '?').join('/');
}
