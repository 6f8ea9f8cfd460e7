import { hash } from 'node:crypto';
import type { Database } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { quoted } from '../text.ts';
import type { TableName, Value, Values } from './request-model.ts';

const TABLES: readonly TableName[] = ['users', 'locations', 'showcases', 'regions'];

/** Columns without which no row can be shown or edited: those that `index/` reads. */
const REQUIRED: Readonly<Record<TableName, readonly string[]>> = {
  users: ['id', 'userid', 'password', 'email', 'name1', 'name2', 'sites'],
  locations: ['id', 'key', 'name', 'latitude', 'longitude', 'region', 'locale', 'logo'],
  showcases: ['id', 'location_id', 'year', 'key', 'name', 'date', 'order'],
  regions: ['id', 'type', 'code', 'location', 'latitude', 'longitude'],
};

/** Columns that older indexes lack, and the result of that. */
const OPTIONAL: readonly (readonly [TableName, string, string])[] = [
  ['locations', 'user_id', 'no studio has an owner'],
  ['locations', 'sisters', 'no owner has a sister studio'],
  ['locations', 'trust_level', 'no studio has a trust level'],
  ['users', 'token', 'the application cannot keep a reset token'],
  ['users', 'link', 'the application cannot keep a link of a reset'],
];

/** Columns that never leave this room. */
const SECRET: ReadonlySet<string> = new Set(['password', 'token', 'link']);
const STAMPS: ReadonlySet<string> = new Set(['created_at', 'updated_at']);

/** A whole row as it stands, secrets included; ids are whole numbers. */
export type WholeRow = Readonly<Record<string, unknown>>;

/** The columns that the four tables of an index have, in any order. */
export interface IndexTables {
  readonly columns: Readonly<Record<TableName, ReadonlySet<string>>>;
  /** What an older index lacks, a sentence each. */
  readonly missing: readonly string[];
}

/**
 * @throws {Failure} `index-invalid`: a table or a column is missing, or something else stands in its place, whose code
 *   SQLite would run
 */
export function tablesOf(db: Database): IndexTables {
  const columns = Object.fromEntries(TABLES.map((table) => [table, columnsOf(db, table)])) as Record<
    TableName,
    ReadonlySet<string>
  >;
  const missing = OPTIONAL.filter(([table, column]) => !columns[table].has(column)).map(
    ([table, column, result]) => `The table ${table} has no column ${column}, so ${result}.`,
  );
  return { columns, missing };
}

/**
 * A trigger could change other rows, or run for ever, in a call that nothing ends.
 *
 * @throws {Failure} `check-failed`
 */
export function refuseTriggers(db: Database): void {
  const names = TABLES.map((table) => `'${table}'`).join();
  const trigger = db
    .prepare<[], { name: string; tbl_name: string }>(
      `SELECT name, tbl_name FROM main.sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) IN (${names})`,
    )
    .get();
  if (!trigger) return;
  const what = `the table ${trigger.tbl_name} of the index has a trigger (${quoted(trigger.name)})`;
  throw new Failure('check-failed', what, { hint: 'Remove the trigger, then try again.' });
}

function columnsOf(db: Database, table: TableName): ReadonlySet<string> {
  const found = db
    .prepare<[string], { type: string; rootpage: number | null }>(
      `SELECT type, rootpage FROM main.sqlite_schema WHERE lower(name) = ? AND type IN ('table', 'view')`,
    )
    .get(table);
  if (!found) throw unusable(`it has no table ${table}`);
  if (found.type !== 'table' || !found.rootpage) throw unusable(`${table} is not an ordinary table`);
  const rows = db.pragma(`main.table_info("${table}")`) as { name: string }[];
  const columns = new Set(rows.map(({ name }) => name.toLowerCase()));
  const lacking = REQUIRED[table].filter((column) => !columns.has(column));
  if (lacking.length > 0) throw unusable(`table ${table} has no column ${lacking.join(', ')}`);
  return columns;
}

function unusable(problem: string): Failure {
  return new Failure('index-invalid', `the index cannot be used: ${problem}`, {
    hint: 'Migrate the application of the admin host, or put a good index in its place.',
  });
}

/** All rows of a table with a usable id, by ascending id. */
export function rowsIn(db: Database, table: TableName): WholeRow[] {
  const rows = db.prepare<[], WholeRow>(`SELECT * FROM main."${table}" ORDER BY "id"`).all();
  return rows.filter(({ id }) => Number.isSafeInteger(id));
}

export function rowIn(db: Database, table: TableName, id: number): WholeRow | null {
  if (!Number.isSafeInteger(id)) return null;
  return db.prepare<[number], WholeRow>(`SELECT * FROM main."${table}" WHERE "id" = ?`).get(id) ?? null;
}

/** The columns of a row that may be shown and kept. A blob counts as its length, an infinite number as text. */
export function valuesOf(row: WholeRow): Values {
  const entries = Object.entries(row).filter(([column]) => !SECRET.has(column));
  return Object.fromEntries(entries.map(([column, cell]) => [column, shownCell(cell)]));
}

/** A cell as text or number; a blob counts as its length. */
export function shownCell(cell: unknown): Value {
  if (cell === null || cell === undefined || typeof cell === 'string') return cell ?? null;
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
  return Buffer.isBuffer(cell) ? `a blob of ${cell.length} bytes` : String(cell);
}

/** What a form carries, so that an edit of a row that is not any more as it was shown is found out. Secrets and time stamps do not count. */
export function versionOf(row: WholeRow): string {
  const cells = Object.entries(valuesOf(row)).filter(([column]) => !STAMPS.has(column));
  return hash('sha256', JSON.stringify(cells.sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 32);
}

/** Whether two rows have the same values; some columns may not count. */
export function sameValues(a: Values, b: Values, but: readonly string[] = []): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => but.includes(name) || (a[name] ?? null) === (b[name] ?? null));
}

export const textOf = (row: WholeRow, column: string): string => {
  const cell = row[column];
  return typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : '';
};

export const numberOf = (row: WholeRow, column: string): number | null => {
  const cell = row[column];
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
};

/** Names of a comma list, such as `sites` and `sisters`. */
export function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
