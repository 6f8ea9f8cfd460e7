import { openImage, sizeOf } from '../database/image.ts';
import { isTooWide, shapeOf } from '../database/shape.ts';
import { type Database, isSqliteError } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { printable } from '../text.ts';
import type { Warning } from '../warning.ts';
import { hasLogin } from './users.ts';

/** The tables and columns that are required. More of them are fine: the application has some of its own. */
const REQUIRED: Readonly<Record<Warning['table'], readonly string[]>> = {
  users: ['id', 'userid', 'password', 'email', 'name1', 'name2', 'sites'],
  locations: ['id', 'key', 'name', 'latitude', 'longitude', 'region', 'locale', 'logo'],
  showcases: ['id', 'location_id', 'year', 'key', 'name', 'date', 'order'],
  regions: ['id', 'type', 'code', 'location', 'latitude', 'longitude'],
};

const TABLES = Object.keys(REQUIRED) as Warning['table'][];

/** One thing that must hold; returns what is wrong, in words. */
interface Rule {
  readonly name: string;
  readonly violations: (db: Database) => readonly string[];
  /** Whether a violation ends the checks: the next rules could then run, or read, without end. */
  readonly ends?: true;
}

const RULES: readonly Rule[] = [
  { name: 'bounded', violations: boundlessness, ends: true },
  { name: 'tables', violations: (db) => TABLES.flatMap((table) => tableViolations(db, table)) },
  { name: 'integrity', violations: integrityViolations, ends: true },
  {
    name: 'size',
    violations: (db) => soundTables(db).flatMap((table) => sizeViolations(db, table)),
    ends: true,
  },
  { name: 'login', violations: loginViolations },
];

/** Rows of a table: many times what any network of studios has. */
const MOST_ROWS = 100_000;
/** Bytes of a row in its page, at least: SQLite gives it four, and a pointer. */
const LEAST_ROW = 6;
/** Bytes of one cell, and of all cells that are read of a table. */
const LONGEST_CELL = 2 ** 20;
const MOST_BYTES = 2 ** 26;
/** Characters. A default value stands once in the file, and is read for every row that is shorter than its table. */
const LONGEST_DEFAULT = 100;

/**
 * Proves that a database can be used as the index: whole, with the tables and columns that are read, and with at
 * least one user who can log in (an index without one would lock everybody out, or let everybody in). What it costs is
 * bounded by the size of the database, whatever is in it.
 *
 * @param db opened by `openImage` or `openInstalled`
 * @throws {Failure} `index-invalid`, listing everything that is wrong.
 */
export function validateIndex(db: Database): void {
  const violations = new Set<string>();
  let cause: unknown;
  for (const rule of RULES) {
    const before = violations.size;
    try {
      for (const violation of rule.violations(db)) violations.add(violation);
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      cause ??= error;
      violations.add(`SQLite cannot read it: ${printable(error.message)} (${error.code})`);
    }
    if (rule.ends && violations.size > before) break;
  }
  if (violations.size === 0) return;
  throw new Failure('index-invalid', `the index is not valid: ${[...violations].join('; ')}`, {
    hint: 'Nothing was changed. Repair the index on the admin host and publish it again, or roll back to an earlier one.',
    cause,
  });
}

/** The same for the image of a database. */
export function validateImage(image: Buffer): void {
  const db = openImage(image);
  try {
    validateIndex(db);
  } finally {
    db.close();
  }
}

/** Anything that makes SQLite's check slower than the size of the database suggests. */
function boundlessness(db: Database): string[] {
  const shape = shapeOf(db);
  const { table, columns } = shape.widest;
  const wide = isTooWide(shape, sizeOf(db)) ? [`table ${printable(table)} has ${columns} columns`] : [];
  return [...shape.generated.map(({ table, column }) => generated(table, column)), ...wide];
}

function generated(table: string, column: string): string {
  return `column ${printable(column)} of table ${printable(table)} is a generated one`;
}

/**
 * Instead of a table, a view or a virtual table would run foreign code. So each must be an ordinary table, with pages
 * of its own. An earlier rule has proved that its columns are ordinary.
 */
function tableViolations(db: Database, table: Warning['table']): string[] {
  const found = db
    .prepare('SELECT type, rootpage FROM main.sqlite_schema WHERE lower(name) = ? AND type IN (?, ?)')
    .get(table, 'table', 'view') as { type: string; rootpage: number | null } | undefined;
  if (!found) return [`there is no table ${table}`];
  if (found.type !== 'table') return [`${table} is a view, not a table`];
  if (!found.rootpage) return [`${table} is a virtual table, not an ordinary one`];
  const rows = db.pragma(`main.table_info("${table}")`) as { name: string; dflt_value: string | null }[];
  const columns = new Set(rows.map(({ name }) => name.toLowerCase()));
  const missing = REQUIRED[table].filter((column) => !columns.has(column));
  const long = rows.filter(({ dflt_value: value }) => (value?.length ?? 0) > LONGEST_DEFAULT);
  return [
    ...missing.map((column) => `table ${table} has no column ${column}`),
    ...long.map(({ name }) => `column ${printable(name)} of table ${table} has a long default value`),
  ];
}

/** The tables that are correct. */
function soundTables(db: Database): Warning['table'][] {
  return TABLES.filter((table) => tableViolations(db, table).length === 0);
}

/**
 * SQLite's own check, up to the first finding: in a tree with a loop it would go on for ever. Virtual tables would run
 * their modules, so if there are any, only the tables that are read are checked.
 */
function integrityViolations(db: Database): string[] {
  const isWhole = shapeOf(db).virtual.length === 0;
  const checks = isWhole ? ['1'] : soundTables(db).map((table) => `"${table}"`);
  return checks.flatMap((what) => {
    const finding = db.prepare<[], string>(`PRAGMA main.quick_check(${what})`).pluck().get();
    if (finding === 'ok') return [];
    return [`SQLite's check found: ${printable(String(finding).replaceAll(/\s+/g, ' '))}`];
  });
}

/** More rows, or longer ones, than there is memory for. */
function sizeViolations(db: Database, table: Warning['table']): string[] {
  // Usually the size of the database rules this out; looking at every row would take longer than all other rules
  // together.
  if (sizeOf(db) < MOST_ROWS * LEAST_ROW) return [];
  const lengths = REQUIRED[table].map((column) => `coalesce(octet_length("${column}"), 0)`);
  const [rows, longest, all] = db
    .prepare<[], [number, number, number]>(
      `SELECT count(*), coalesce(max(longest), 0), total(all_bytes) FROM (
         SELECT max(${lengths.join(', ')}) AS longest, ${lengths.join(' + ')} AS all_bytes
         FROM main."${table}" LIMIT ${MOST_ROWS + 1})`,
    )
    .raw()
    .get() ?? [0, 0, 0];
  if (rows > MOST_ROWS) return [`table ${table} has more than ${MOST_ROWS} rows`];
  if (longest > LONGEST_CELL) return [`table ${table} has a cell of ${longest} bytes`];
  return all > MOST_BYTES ? [`table ${table} holds ${all} bytes`] : [];
}

function loginViolations(db: Database): string[] {
  if (tableViolations(db, 'users').length > 0) return [];
  return hasLogin(db) ? [] : ['no user has a usable htpasswd line, so nobody could log in'];
}
