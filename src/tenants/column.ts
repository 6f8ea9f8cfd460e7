import type { Database } from '../database/sqlite.ts';

export interface ColumnLimits {
  /** That are looked at. */
  readonly rows: number;
  /** Of a value; a longer one is left out before it is read. */
  readonly bytes: number;
}

/**
 * The values of a column that an application may have, in any order; none where there is no such table. Runs nothing that
 * the application wrote: of a view, a virtual table or a generated column it reads nothing, nor from an index.
 *
 * @param table, column names of ours, not from outside
 */
export function readColumn(db: Database, table: string, column: string, limits: ColumnLimits): unknown[] {
  const found = db
    .prepare(
      `SELECT c.hidden FROM main.sqlite_schema t JOIN pragma_table_xinfo(t.name, 'main') c
       WHERE lower(t.type) = 'table' AND lower(t.name) = ? AND substr(t.sql, 1, 13) = 'CREATE TABLE '
       AND lower(c.name) = ?`,
    )
    .pluck()
    .get(table, column);
  if (found !== 0) return [];
  return db
    .prepare<[], unknown>(
      `SELECT iif(octet_length("${column}") <= ${limits.bytes}, "${column}", NULL)
       FROM main."${table}" NOT INDEXED LIMIT ${limits.rows}`,
    )
    .pluck()
    .all()
    .filter((value) => value !== null);
}

/**
 * How many rows a table has, counted up to two; null where there is no such table. Runs nothing that the application wrote.
 *
 * @param table name of ours, not from outside
 */
export function countRows(db: Database, table: string): 0 | 1 | 2 | null {
  const found = db
    .prepare(
      `SELECT 1 FROM main.sqlite_schema
       WHERE lower(type) = 'table' AND lower(name) = ? AND substr(sql, 1, 13) = 'CREATE TABLE '`,
    )
    .get(table);
  if (!found) return null;
  const rows = db.prepare(`SELECT 1 FROM main."${table}" NOT INDEXED LIMIT 2`).all().length;
  return rows === 0 ? 0 : rows === 1 ? 1 : 2;
}
