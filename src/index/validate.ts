import { Failure } from '../failure.ts';
import { type Database, isSqliteError } from '../sqlite.ts';
import { printable } from './keys.ts';
import { openImage } from './open.ts';
import type { Warning } from './types.ts';
import { hasLogin } from './users.ts';

/** What must be there. More tables and columns are welcome: the application has some of its own. */
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
  readonly violations: (db: Database) => string[];
}

const RULES: readonly Rule[] = [
  { name: 'tables', violations: (db) => TABLES.flatMap((table) => tableViolations(db, table)) },
  { name: 'integrity', violations: integrityViolations },
  { name: 'login', violations: loginViolations },
];

/**
 * Proves that a database can be used as the index: whole, with the tables and columns that are read, and with at
 * least one user who can log in (an index without one would lock everybody out, or let everybody in).
 *
 * @throws {Failure} `index-invalid`, listing everything that is wrong.
 */
export function validateIndex(db: Database): void {
  const violations = new Set<string>();
  let cause: unknown;
  for (const rule of RULES) {
    try {
      for (const violation of rule.violations(db)) violations.add(violation);
    } catch (error) {
      if (!isSqliteError(error)) throw error;
      cause ??= error;
      violations.add(`SQLite cannot read it: ${printable(error.message)} (${error.code})`);
    }
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

/**
 * A view or a virtual table in the place of a table would run what somebody else wrote, a generated column likewise;
 * so each must be an ordinary table (one with pages of its own) with ordinary columns.
 */
function tableViolations(db: Database, table: Warning['table']): string[] {
  const found = db
    .prepare('SELECT type, rootpage FROM main.sqlite_schema WHERE lower(name) = ? AND type IN (?, ?)')
    .get(table, 'table', 'view') as { type: string; rootpage: number | null } | undefined;
  if (!found) return [`there is no table ${table}`];
  if (found.type !== 'table') return [`${table} is a view, not a table`];
  if (!found.rootpage) return [`${table} is a virtual table, not an ordinary one`];
  const rows = db.pragma(`main.table_xinfo("${table}")`) as { name: string; hidden: number }[];
  const columns = new Map(rows.map(({ name, hidden }) => [name.toLowerCase(), hidden]));
  return REQUIRED[table].flatMap((column) => {
    const hidden = columns.get(column);
    if (hidden === undefined) return [`table ${table} has no column ${column}`];
    return hidden === 0 ? [] : [`column ${column} of table ${table} is a generated one`];
  });
}

/** SQLite's own check; it stops after ten findings. */
function integrityViolations(db: Database): string[] {
  const rows = db.pragma('main.quick_check(10)') as { quick_check: string }[];
  const findings = rows.map((row) => row.quick_check).filter((finding) => finding !== 'ok');
  return findings.map((finding) => `SQLite's check found: ${printable(finding.replaceAll(/\s+/g, ' '))}`);
}

function loginViolations(db: Database): string[] {
  if (tableViolations(db, 'users').length > 0) return [];
  return hasLogin(db) ? [] : ['no user has a usable htpasswd line, so nobody could log in'];
}
