import type { Database } from '../database/sqlite.ts';
import type { Warning } from '../warning.ts';

export type AnyRow = Readonly<Record<string, unknown>>;

export interface Kind {
  readonly noun: string;
  readonly table: Warning['table'];
  /** As people know it; null for a row without a name. */
  readonly nameOf: (row: AnyRow, studios: ReadonlyMap<unknown, unknown>) => unknown;
}

/** The tables that a configuration is made from. */
export const KINDS: readonly Kind[] = [
  { noun: 'region', table: 'regions', nameOf: ({ code }) => code },
  { noun: 'studio', table: 'locations', nameOf: ({ key }) => key },
  {
    noun: 'event',
    table: 'showcases',
    nameOf: ({ year, key, location_id: studio }, studios) =>
      year === null || key === null ? null : `${year}/${studios.get(studio) ?? 'no studio'}/${key}`,
  },
  { noun: 'user', table: 'users', nameOf: ({ userid }) => userid },
];

/** Columns that each host numbers or stamps in its own way, even for equal rows. */
const INCIDENTAL = new Set(['id', 'location_id', 'user_id', 'created_at', 'updated_at']);

/** One row of both indexes, or of one of them: at least one is not null. */
export interface RowPair {
  readonly name: string;
  readonly other: AnyRow | null;
  readonly local: AnyRow | null;
}

/**
 * The rows of one table, paired by their names: first theirs in their order, then those that only ours has.
 *
 * @param studios keys of their studios by id, where they are to go by others than their own
 */
export function pairRows(
  there: Database,
  here: Database,
  kind: Kind,
  studios: ReadonlyMap<unknown, unknown> = studioKeys(there),
): RowPair[] {
  const other = byName(there, kind, studios);
  const local = byName(here, kind, studioKeys(here));
  const pairs: RowPair[] = [];
  for (const [name, row] of other) pairs.push({ name, other: row, local: local.get(name) ?? null });
  for (const [name, row] of local) if (!other.has(name)) pairs.push({ name, other: null, local: row });
  return pairs;
}

/** Columns with other values; a column that one of them does not have counts as null. */
export function differingColumns(other: AnyRow, local: AnyRow): string[] {
  const columns = new Set([...Object.keys(other), ...Object.keys(local)]);
  return [...columns].filter(
    (column) => !INCIDENTAL.has(column) && !sameCell(other[column] ?? null, local[column] ?? null),
  );
}

/** Keys of studios by their ids. Put together here: where ids are not unique, a join has no end. */
function studioKeys(db: Database): Map<unknown, unknown> {
  return new Map(db.prepare<[], [unknown, unknown]>('SELECT id, key FROM main.locations').raw().all());
}

/** Rows by name; of several with one name, the later ones are numbered. */
function byName(
  db: Database,
  { table, nameOf }: Kind,
  studios: ReadonlyMap<unknown, unknown>,
): Map<string, AnyRow> {
  const rows = new Map<string, AnyRow>();
  const seen = new Map<string, number>();
  for (const row of db.prepare(`SELECT * FROM main.${table}`).iterate() as IterableIterator<AnyRow>) {
    const name = String(nameOf(row, studios) ?? 'without a name');
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    rows.set(nth === 1 ? name : `${name} (${nth})`, row);
  }
  return rows;
}

function sameCell(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}
