import { SCHEMA } from '../../../dev/sample/schema.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { BadInput } from './bad-inputs.ts';
import { altered, buildIndex, HASH } from './indexes.ts';

/** Every column that is read, and a few more that must be there all the same. */
const COLUMNS = {
  users: ['id', 'userid', 'password', 'email', 'name1', 'name2', 'sites'],
  locations: ['id', 'key', 'name', 'latitude', 'longitude', 'region', 'locale', 'logo'],
  showcases: ['id', 'location_id', 'year', 'key', 'name', 'date', 'order'],
  regions: ['id', 'type', 'code', 'location', 'latitude', 'longitude'],
} as const;

const TABLES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

const PAGE = 4096;

function invalid(name: string, make: () => Buffer, because: RegExp): BadInput {
  return { name, make, expected: 'invalid', because, warnings: [] };
}

/** Noise that looks like what a cipher writes, the same every time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** An image of which some bytes have been written over. */
function overwritten(image: Buffer, at: number, bytes: Buffer): Buffer {
  const copy = Buffer.from(image);
  bytes.copy(copy, at);
  return copy;
}

function pageOf(image: Buffer, name: string): number {
  const db = openDatabase(image);
  try {
    return db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name) as number;
  } finally {
    db.close();
  }
}

/** The first page of a table or an index, written over. */
function spoiledPage(name: string, bytes: Buffer): Buffer {
  const image = buildIndex();
  return overwritten(image, (pageOf(image, name) - 1) * PAGE, bytes);
}

const noDatabase: readonly BadInput[] = [
  invalid('zero length', () => Buffer.alloc(0), /is empty/),
  invalid('one byte', () => Buffer.from('S'), /cut short/),
  invalid('text', () => Buffer.from('<Error><Code>NoSuchKey</Code></Error>\n'), /not an SQLite database/),
  invalid('zeroes', () => Buffer.alloc(8192), /not an SQLite database/),
  invalid('an SQL dump', () => Buffer.from(`${SCHEMA.users};\n`), /not an SQLite database/),
  invalid('encrypted whole', () => noise(buildIndex().length), /not an SQLite database, or an encrypted one/),
  invalid(
    'encrypted behind the header',
    () => overwritten(buildIndex(), 100, noise(buildIndex().length - 100)),
    /SQLite|malformed|not a database/,
  ),
  invalid('an image in capitals', () => overwritten(buildIndex(), 0, Buffer.from('SQLITE')), /not an SQLite/),
  invalid('a page size of 3', () => overwritten(buildIndex(), 16, Buffer.of(0, 3)), /not a database/),
  invalid(
    'a schema format of the future',
    () => overwritten(buildIndex(), 44, Buffer.of(0, 0, 0, 99)),
    /unsupported/,
  ),
];

const cutShort: readonly BadInput[] = [
  ['within the magic', () => 10],
  ['within the header', () => 99],
  ['after the header', () => 100],
  ['within the first page', () => 2000],
  ['after the first page', () => PAGE],
  ['half-way', (length: number) => Math.floor(length / 2)],
  ['by one page', (length: number) => length - PAGE],
  ['by one byte', (length: number) => length - 1],
].map(([where, at]) =>
  invalid(
    `cut short ${where}`,
    () => {
      const image = buildIndex();
      return image.subarray(0, (at as (length: number) => number)(image.length));
    },
    /cut short/,
  ),
);

const corrupt: readonly BadInput[] = [
  ...TABLES.map((table) =>
    invalid(
      `zeroes on the page of ${table}`,
      () => spoiledPage(table, Buffer.alloc(PAGE)),
      /malformed|check found/,
    ),
  ),
  invalid('noise on the page of users', () => spoiledPage('users', noise(PAGE)), /malformed|check found/),
  invalid(
    'noise on the page of an index',
    () => spoiledPage('index_showcases_on_location_id', noise(PAGE)),
    /malformed|check found/,
  ),
  invalid(
    'a cell that points out of its page',
    () => spoiledPage('locations', Buffer.of(13, 0, 0, 0, 1, 0xff, 0xff, 0, 0xff, 0xff)),
    /malformed|check found/,
  ),
  invalid('a schema table of noise', () => overwritten(buildIndex(), 108, noise(PAGE - 108)), /malformed/),
  invalid(
    'two tables on one page',
    () =>
      altered(
        buildIndex(),
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'regions') WHERE name = 'locations'`,
      ),
    /check found|malformed/,
  ),
  invalid(
    'a schema with unprintable names',
    () =>
      altered(
        buildIndex(),
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET name = char(10, 27, 8238), sql = 'CREATE TABLE (' WHERE name = 'users'`,
      ),
    /malformed database schema \(\\u\{a\}\\u\{1b\}\\u\{202e\}/,
  ),
  invalid(
    'a schema that is no SQL',
    () =>
      altered(
        buildIndex(),
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET sql = 'CREATE TABLE users (' WHERE name = 'users'`,
      ),
    /malformed database schema/,
  ),
];

const otherSchema: readonly BadInput[] = [
  invalid(
    'no tables at all',
    () => altered(Buffer.alloc(0), 'CREATE TABLE t (a)', 'DROP TABLE t'),
    /no table users/,
  ),
  ...TABLES.map((table) =>
    invalid(
      `no table ${table}`,
      () => altered(buildIndex(), `DROP TABLE ${table}`),
      new RegExp(`no table ${table}`),
    ),
  ),
  ...TABLES.flatMap((table) =>
    COLUMNS[table].map((column) =>
      invalid(
        `no column ${column} in ${table}`,
        () => altered(buildIndex(), `ALTER TABLE ${table} RENAME COLUMN "${column}" TO other`),
        new RegExp(`table ${table} has no column ${column}`),
      ),
    ),
  ),
  ...TABLES.map((table) =>
    invalid(
      `a view instead of ${table}`,
      () =>
        altered(
          buildIndex(),
          `ALTER TABLE ${table} RENAME TO old`,
          `CREATE VIEW ${table} AS SELECT * FROM old`,
        ),
      new RegExp(`${table} is a view`),
    ),
  ),
  invalid(
    'a virtual table instead of users',
    () =>
      altered(
        buildIndex(),
        'DROP TABLE users',
        'CREATE VIRTUAL TABLE users USING fts5(id, userid, password, email, name1, name2, sites)',
        `INSERT INTO users (id, userid, password) VALUES (1, 'ada', 'ada:${HASH}')`,
      ),
    /users is a virtual table/,
  ),
  invalid(
    'a password that is computed',
    () =>
      altered(
        buildIndex(),
        'ALTER TABLE users RENAME COLUMN password TO old',
        `ALTER TABLE users ADD COLUMN password GENERATED ALWAYS AS (old || '') VIRTUAL`,
      ),
    /column password of table users is a generated one/,
  ),
];

/** Images that are no usable index, whatever their rows say. */
export const BAD_IMAGES: readonly BadInput[] = [...noDatabase, ...cutShort, ...corrupt, ...otherSchema];
