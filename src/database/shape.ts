import type { Database } from './sqlite.ts';

/** Parts of a schema that would run foreign code in SQLite's check, or make the check cost more than its bytes. */
export interface Shape {
  /** Columns that are computed when they are read, or checked. */
  readonly generated: readonly { readonly table: string; readonly column: string }[];
  /** Tables of a module, such as a full-text index: its own check may run for ever on contents that are made for that. */
  readonly virtual: readonly string[];
  /** The table with the most columns: each of them costs for each row, be it in the file or not. */
  readonly widest: { readonly table: string; readonly columns: number };
}

/**
 * The most bytes times columns that SQLite's check takes at once: some five seconds, if all rows are as short as they can
 * be (measured: 10 ns for each row and column, 8 bytes a row). An image of 64 MiB may have 64 columns, one of 4 MiB 1000.
 */
const MOST_CELLS = 2 ** 32;

/** Of a database that was opened as untrusted. Runs nothing. */
export function shapeOf(db: Database): Shape {
  const tables = db
    .prepare<[], { name: string; columns: number; generated: string | null }>(
      `SELECT t.name, count(*) AS columns, min(iif(c.hidden IN (2, 3), c.name, NULL)) AS generated
       FROM main.sqlite_schema t JOIN pragma_table_xinfo(t.name, 'main') c
       WHERE lower(t.type) = 'table' AND substr(t.sql, 1, 13) = 'CREATE TABLE ' GROUP BY t.rowid`,
    )
    .all();
  const virtual = db
    .prepare<[], string>(
      `SELECT name FROM main.sqlite_schema
       WHERE lower(type) = 'table' AND substr(sql, 1, 13) <> 'CREATE TABLE '`,
    )
    .pluck()
    .all();
  let widest = { table: '', columns: 0 };
  for (const { name, columns } of tables) {
    if (columns > widest.columns) widest = { table: name, columns };
  }
  const generated = tables.flatMap(({ name, generated: column }) =>
    column === null ? [] : [{ table: name, column }],
  );
  return { generated, virtual, widest };
}

/** Whether a check of so many bytes with such a table ends within seconds. */
export function isTooWide({ widest }: Shape, bytes: number): boolean {
  return widest.columns * bytes > MOST_CELLS;
}
