import { openDatabase } from '../../../src/database/sqlite.ts';
import type { BadInput } from './bad-inputs.ts';
import { altered, buildIndex } from './indexes.ts';

/** An expression that takes half a second, or a second, each time that it is computed, and 180 MB. */
export const COSTLY = "replace(hex(zeroblob(60000000)), '0', '00')";

/** That in a statement of the schema. */
const DONE = `length(${COSTLY})`.replaceAll("'", "''");

const PAGE = 4096;

function invalid(name: string, make: () => Buffer, because: RegExp): BadInput {
  return { name, make, expected: 'invalid', because, warnings: [] };
}

function valid(name: string, make: () => Buffer): BadInput {
  return { name, make, expected: 'valid', because: null, warnings: [] };
}

/** A table `t` with rows of one column, whose statement in the schema is then another one, as nobody can create it. */
export function rewritten(image: Buffer, sql: string, rows = 20): Buffer {
  return altered(
    image,
    'CREATE TABLE t (a)',
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO t SELECT 1 FROM n`,
    'PRAGMA writable_schema = ON',
    `UPDATE sqlite_schema SET sql = '${sql.replaceAll("'", "''")}' WHERE name = 't'`,
  );
}

/** Entries that SQLite would read, of any number and length. */
function withViews(count: number, comment = ''): Buffer {
  return altered(
    buildIndex(),
    'PRAGMA writable_schema = ON',
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
     INSERT INTO sqlite_schema
     SELECT 'view', 'v' || i, 'v' || i, 0, 'CREATE VIEW v' || i || ' AS SELECT 1 /*${comment}*/' FROM n`,
  );
}

function withStatistics(...statements: string[]): Buffer {
  return altered(buildIndex(), 'ANALYZE', ...statements);
}

/** Levels of a tree, and pointers of each of its pages. */
const LEVELS = 12;
const POINTERS = 30;

/** A table whose tree is no tree: all pointers of a page lead to the next one, so there are 30 ** 12 ways to each row. */
function entangled(image: Buffer, table: string): Buffer {
  const root = rootOf(image, table);
  const pages = image.length / PAGE;
  const copy = Buffer.concat([image, Buffer.alloc(LEVELS * PAGE)]);
  const page = (number: number) => copy.subarray((number - 1) * PAGE, number * PAGE);
  const leaf = page(pages + LEVELS);
  page(root).copy(leaf);
  const start = root === 1 ? 100 : 0;
  leaf.copy(leaf, 0, start, start + 8 + 2 * page(root).readUInt16BE(start + 3));
  for (let level = 0; level < LEVELS; level++) {
    const bytes = level === 0 ? page(root) : page(pages + level);
    writeInterior(bytes, level === 0 ? start : 0, pages + level + 1);
  }
  copy.writeUInt32BE(pages + LEVELS, 28);
  return copy;
}

function writeInterior(page: Buffer, start: number, child: number): void {
  page.fill(0, start);
  page[start] = 5;
  page.writeUInt16BE(POINTERS, start + 3);
  page.writeUInt16BE(PAGE - POINTERS * 5, start + 5);
  page.writeUInt32BE(child, start + 8);
  for (let cell = 0; cell < POINTERS; cell++) {
    const at = PAGE - 5 * (cell + 1);
    page.writeUInt16BE(at, start + 12 + 2 * cell);
    page.writeUInt32BE(child, at);
    page[at + 4] = 1;
  }
}

function rootOf(image: Buffer, table: string): number {
  if (table === 'sqlite_schema') return 1;
  const db = openDatabase(image);
  try {
    return db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  } finally {
    db.close();
  }
}

function manyUsers(count: number, ...more: string[]): Buffer {
  return altered(
    buildIndex(),
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
     INSERT INTO users (userid, created_at, updated_at) SELECT 'u' || i, '', '' FROM n`,
    ...more,
  );
}

/** A tree of a module that is 40 pages deep, each of which leads to the next one fifty times: its check goes every way. */
export function entangledModule(image: Buffer): Buffer {
  const nodes = Array.from({ length: 40 }, (_, depth) => {
    const node = Buffer.alloc(4 + 50 * 16);
    if (depth === 0) node.writeUInt16BE(39, 0);
    node.writeUInt16BE(50, 2);
    for (let cell = 0; cell < 50; cell++) node.writeBigInt64BE(BigInt(depth + 2), 4 + cell * 16);
    return `INSERT OR REPLACE INTO places_node VALUES (${depth + 1}, x'${node.toString('hex')}')`;
  });
  return altered(image, 'CREATE VIRTUAL TABLE places USING rtree(id, least, most)', ...nodes);
}

const UNIQUES = Array.from({ length: 8000 }, (_, at) => `UNIQUE(c${at % 97}, c${at % 89})`).join();
const COLUMNS = Array.from({ length: 100 }, (_, at) => `c${at}`).join();

/** Images whose schema or trees would keep SQLite busy for minutes or for ever, or fill all memory. */
export const COSTLY_IMAGES: readonly BadInput[] = [
  invalid(
    'a column that is computed at a cost, in a table that is not read',
    () => rewritten(buildIndex(), `CREATE TABLE t (a, b AS (${COSTLY}) NOT NULL)`),
    /column b of table t is a generated one/,
  ),
  invalid(
    'a column that was computed when it was stored',
    () => altered(buildIndex(), 'CREATE TABLE t (a, b AS (a + 1) STORED)'),
    /column b of table t is a generated one/,
  ),
  invalid(
    'statistics that are computed at a cost',
    () =>
      withStatistics(
        'INSERT INTO sqlite_stat1 SELECT tbl, idx, stat FROM sqlite_stat1, pragma_function_list LIMIT 50',
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET sql = 'CREATE TABLE sqlite_stat1(tbl,idx,s,stat AS (${COSTLY.replaceAll("'", "''")}))'
         WHERE name = 'sqlite_stat1'`,
      ),
    /its schema has a sqlite_stat1 that is not as ANALYZE makes it/,
  ),
  invalid(
    'an index of the statistics',
    () =>
      withStatistics(
        'CREATE INDEX i ON users (name1)',
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET tbl_name = 'sqlite_stat1', sql = 'CREATE INDEX i ON sqlite_stat1(tbl,idx,stat)'
         WHERE name = 'i'`,
      ),
    /its schema has a sqlite_stat1 that is not as ANALYZE makes it/,
  ),
  invalid(
    'a tree of statistics that is none',
    () => entangled(withStatistics(), 'sqlite_stat1'),
    /its schema is malformed: page \d+ stands in sqlite_stat1 twice/,
  ),
  invalid('a tree of the schema that is none', () => entangled(buildIndex(), 'sqlite_schema'), /twice/),
  invalid('a schema of 3000 views', () => withViews(3000), /its schema has more than 2000 rows/),
  invalid(
    'a schema of 2 MB',
    () => withViews(50, 'x'.repeat(40_000)),
    /its schema has more than 1048576 bytes/,
  ),
  invalid(
    'a table with 8000 constraints, each compared with all others',
    () => rewritten(buildIndex(), `CREATE TABLE t (${COLUMNS},${UNIQUES})`),
    /its schema has \d+ characters in one statement/,
  ),
  invalid(
    'a table that is not written down as SQLite does it',
    () => rewritten(buildIndex(), 'create/**/virtual table t using rtree(id, a, b)'),
    /its schema is malformed: a table is not written down as SQLite does it/,
  ),
  invalid('a tree of users that is none', () => entangled(buildIndex(), 'users'), /SQLite's check found: /),
  invalid(
    'a table with 2000 columns for each of many short rows',
    () =>
      rewritten(
        buildIndex(),
        `CREATE TABLE t (${Array.from({ length: 2000 }, (_, at) => `c${at} INTEGER NOT NULL DEFAULT 0`).join()})`,
        300_000,
      ),
    /table t has 2000 columns/,
  ),
  invalid('more than 100,000 users', () => manyUsers(100_001), /table users has more than 100000 rows/),
  invalid(
    'a cell of 2 MB',
    () => altered(buildIndex(), 'UPDATE users SET sites = hex(zeroblob(1000000))'),
    /table users has a cell of 2000000 bytes/,
  ),
  invalid(
    'a default value that stands once and is read in each row',
    () => altered(buildIndex(), `ALTER TABLE users ADD COLUMN note DEFAULT '${'x'.repeat(1000)}'`),
    /column note of table users has a long default value/,
  ),
  valid('a cell of one MiB', () => altered(buildIndex(), 'UPDATE users SET email = hex(zeroblob(524288))')),
  valid('a default value of 100 characters, its quotes included', () =>
    altered(buildIndex(), `ALTER TABLE users ADD COLUMN note DEFAULT '${'x'.repeat(98)}'`),
  ),
  valid('with a constraint that is never done', () =>
    rewritten(buildIndex(), `CREATE TABLE t (a CHECK (length(${COSTLY}) > 0))`),
  ),
  valid('with an expression and a condition in an index that are never done', () =>
    altered(
      buildIndex(),
      'CREATE TABLE t (a)',
      'INSERT INTO t VALUES (1)',
      // As if it had been done when the index was made, which would take three seconds here: its one entry is this length.
      'CREATE INDEX i ON t (length(zeroblob(240000000))) WHERE length(zeroblob(1)) > 0',
      'PRAGMA writable_schema = ON',
      `UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (${DONE}) WHERE ${DONE} > 0' WHERE name = 'i'`,
    ),
  ),
  valid('with a module whose own check is never done', () => entangledModule(buildIndex())),
  valid('with statistics of ANALYZE', () => withStatistics()),
];
