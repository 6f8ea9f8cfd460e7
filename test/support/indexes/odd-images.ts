import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { BadInput } from './bad-inputs.ts';
import { altered, buildIndex, HASH } from './indexes.ts';

function valid(name: string, make: () => Buffer, ...warnings: BadInput['warnings']): BadInput {
  return { name, make, expected: 'valid', because: null, warnings };
}

/** The image of a database file that was written in WAL mode, as a copy of the file has it. */
function walImage(): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'wal-image-'));
  try {
    const path = join(dir, 'index.sqlite3');
    const db = openDatabase(path);
    db.pragma('journal_mode = WAL');
    db.exec(dump(buildIndex()));
    db.close();
    return readFileSync(path);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The SQL that makes an index anew. */
function dump(image: Buffer): string {
  const db = openDatabase(image);
  try {
    const tables = db
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string; sql: string }[];
    return tables
      .flatMap(({ name, sql }) => {
        const rows = db.prepare(`SELECT * FROM "${name}"`).raw().all() as (string | number | null)[][];
        return [sql, ...rows.map((row) => `INSERT INTO "${name}" VALUES (${row.map(literal).join(', ')})`)];
      })
      .join(';\n');
  } finally {
    db.close();
  }
}

function literal(cell: string | number | null): string {
  return typeof cell === 'string' ? `'${cell.replaceAll("'", "''")}'` : String(cell ?? 'NULL');
}

/** The index made anew in a database with other settings. */
function madeWith(pragma: string): Buffer {
  return altered(Buffer.alloc(0), `PRAGMA ${pragma}`, dump(buildIndex()));
}

const NO_PRIMARY_KEY = [
  'ALTER TABLE users RENAME TO old',
  'CREATE TABLE users (id, userid, password, email, name1, name2, sites)',
  'INSERT INTO users SELECT id, userid, password, email, name1, name2, sites FROM old',
];

/** Unusual, and all the same an index. */
export const ODD_IMAGES: readonly BadInput[] = [
  valid('written in WAL mode', walImage),
  valid('with pages of 512 bytes', () => madeWith('page_size = 512')),
  valid('with pages of 65536 bytes', () => madeWith('page_size = 65536')),
  valid('with automatic vacuum', () => madeWith('auto_vacuum = FULL')),
  valid('with many free pages', () =>
    altered(
      buildIndex(),
      'CREATE TABLE big (a)',
      'INSERT INTO big SELECT zeroblob(9000) FROM pragma_function_list LIMIT 50',
      'DROP TABLE big',
    ),
  ),
  valid('with more tables and columns', () =>
    altered(buildIndex(), 'CREATE TABLE more (a)', 'ALTER TABLE users ADD COLUMN more'),
  ),
  valid('with tables in capitals', () =>
    altered(buildIndex(), 'ALTER TABLE regions RENAME TO old', 'ALTER TABLE old RENAME TO REGIONS'),
  ),
  valid('with a view that would run for ever', () =>
    altered(
      buildIndex(),
      'CREATE VIEW forever AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n',
    ),
  ),
  valid('with rows that break a rule of their own table', () =>
    altered(
      buildIndex(),
      'PRAGMA ignore_check_constraints = ON',
      'ALTER TABLE regions RENAME TO old',
      'CREATE TABLE regions (id integer primary key, type, code, location, latitude, longitude, CHECK (id > 9))',
      'INSERT INTO regions SELECT id, type, code, location, latitude, longitude FROM old',
    ),
  ),
  valid('with a trigger', () =>
    altered(buildIndex(), 'CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END'),
  ),
  valid('with a virtual table of the application', () =>
    altered(
      buildIndex(),
      'CREATE VIRTUAL TABLE search USING fts5(text)',
      "INSERT INTO search VALUES ('waltz')",
    ),
  ),
  valid(
    'with ids that are no numbers',
    () =>
      altered(
        buildIndex(),
        ...NO_PRIMARY_KEY,
        `INSERT INTO users VALUES ('x', 'eve', 'eve:${HASH}', '', '', '', '')`,
      ),
    ['users', null, /id is not a whole number/],
  ),
  valid(
    'with one id twice',
    () =>
      altered(
        buildIndex(),
        ...NO_PRIMARY_KEY,
        `INSERT INTO users VALUES (1, 'eve', 'eve:${HASH}', '', '', '', '')`,
      ),
    ['users', 1, /another row has the same id/],
  ),
  valid(
    'with an id beyond what a number can tell apart',
    () =>
      altered(
        buildIndex(),
        "INSERT INTO locations SELECT 9007199254740993, 'x', 'X', 1, 1, NULL, NULL, NULL, NULL, 0, NULL, '', ''",
      ),
    ['locations', null, /id is not a whole number/],
  ),
  valid(
    'with text that is not UTF-8',
    () =>
      altered(
        buildIndex(),
        "INSERT INTO locations (key, created_at, updated_at) VALUES (CAST(x'ff6162' AS TEXT), '', '')",
      ),
    ['locations', 2, /may hold only letters/],
  ),
];
