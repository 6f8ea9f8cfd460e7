import { statSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { hasMagic, pageSizeOf } from './header.ts';
import { type Pages, pagesOfImage, withPagesOf } from './pages.ts';
import { type Field, fieldsOf, type Limits, Malformed, recordsOf } from './records.ts';

/*
 * Whether the schema of a database can be read at a bounded cost. SQLite reads all of it before it does anything else,
 * with the statistics of ANALYZE. A tree with one page in many places, a generated column in the table of statistics,
 * or ten thousand UNIQUE constraints on one table would keep it busy for minutes or for ever, and only the end of the
 * process stops it. So this code looks first, at the pages themselves.
 */

/** An application has hundreds; SQLite reads so many in tens of milliseconds, and 100,000 in more than ten seconds. */
const SCHEMA: Limits = { name: 'sqlite_schema', rows: 2000, bytes: 2 ** 20 };
/** Bytes of SQL. What it costs to read grows with the square, on 64 KiB of UNIQUE constraints to a tenth of a second. */
const LONGEST = 2 ** 16;

/**
 * The tables of ANALYZE, word by word, and how much of them is read: a row for each index, up to 24 samples of each.
 */
const STATISTICS: Readonly<Record<string, { sql: string } & Omit<Limits, 'name'>>> = {
  sqlite_stat1: { sql: 'CREATE TABLE sqlite_stat1(tbl,idx,stat)', rows: 20_000, bytes: 2 ** 20 },
  sqlite_stat4: {
    sql: 'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)',
    rows: 100_000,
    bytes: 2 ** 23,
  },
};

/** The form in which SQLite stores a table's SQL, whatever its author wrote; SQLite would read other forms as well. */
const TABLE = 'CREATE TABLE ';
const VIRTUAL_TABLE = 'CREATE VIRTUAL TABLE ';

/** The reason why the schema of an image cannot be read at a bounded cost, after "its schema"; null for none. */
export function schemaProblem(image: Buffer): string | null {
  return problemIn(pagesOfImage(image));
}

/**
 * The same for a database on disk. Its pages are read one by one while others may be writing. So a violation counts
 * only if it is found twice, with a pause between, and no file was written to meanwhile.
 *
 * @throws {Failure} `lock-timeout`: it is written to all the time; system errors
 */
export function liveSchemaProblem(path: string): string | null {
  for (let attempt = 0; attempt < MOST_LOOKS; attempt += 1) {
    const stamp = stampOf(path);
    const problem = withPagesOf(path, problemIn);
    if (problem === null) return null;
    Atomics.wait(NEVER, 0, 0, PAUSE_MS);
    if (withPagesOf(path, problemIn) === problem && stampOf(path) === stamp) return problem;
  }
  throw new Failure('lock-timeout', `${path} is written to all the time`, {
    hint: 'Look for the program that writes to it (fuser, lsof), then try again.',
  });
}

/** No thread ever wakes a wait on it, so a wait is a sleep. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));
/** Longer than the clock of a file system stands still. */
const PAUSE_MS = 15;
const MOST_LOOKS = 20;

/** Changes with every write to the file of a database or to its log. */
function stampOf(path: string): string {
  return ['', '-wal']
    .map((suffix) => statSync(path + suffix, { bigint: true, throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}` : '-'))
    .join(' ');
}

function problemIn(pages: Pages | null): string | null {
  try {
    if (pages) requireBounded(pages);
    return null;
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function requireBounded(pages: Pages): void {
  const first = pages.read(1);
  if (first && !hasMagic(first)) return; // SQLite says so itself
  if (first && pageSizeOf(first) !== pages.size) throw new Malformed('is malformed: pages of two sizes');
  const decode = decoderFor(pages);
  const textOf = (field: Field | undefined): string => {
    if (typeof field === 'number') throw otherColumns();
    return field ? decode(field) : '';
  };
  for (const record of recordsOf(pages, 1, SCHEMA)) {
    const [type, name, table, root, sql] = fieldsOf(record, 5);
    if (Buffer.isBuffer(root) || !Number.isInteger(root ?? 0)) throw otherColumns();
    requireEntry(pages, {
      type: lower(textOf(type)),
      name: lower(textOf(name)),
      table: lower(textOf(table)),
      root: root ?? 0,
      sql: textOf(sql),
    });
  }
}

function otherColumns(): Malformed {
  return new Malformed('is malformed: a row of it has other columns');
}

interface Entry {
  readonly type: string;
  readonly name: string;
  /** That it belongs to. */
  readonly table: string;
  /** Number of its first page; 0 for none. */
  readonly root: number;
  readonly sql: string;
}

function requireEntry(pages: Pages, { type, name, table, root, sql }: Entry): void {
  if (sql.length > LONGEST) throw new Malformed(`has ${sql.length} characters in one statement`);
  // SQLite's own reader would stop at it, and see another name than this code.
  if ([type, name, table, sql].some((field) => field.includes('\0'))) throw new Malformed('holds a NUL');
  if (type === 'table' && !sql.startsWith(TABLE) && !sql.startsWith(VIRTUAL_TABLE)) {
    throw new Malformed('is malformed: a table is not written down as SQLite does it');
  }
  const statistics = STATISTICS[table] ?? STATISTICS[name];
  if (!statistics) return;
  if (type !== 'table' || name !== table || sql !== statistics.sql) {
    throw new Malformed(`has a ${table} that is not as ANALYZE makes it`);
  }
  for (const _ of recordsOf(pages, root, { ...statistics, name })) {
    // To count them is all.
  }
}

/** As SQLite compares names: letters of ASCII, whatever their case. */
function lower(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** One character for each byte of UTF-8 will do: names that matter are ASCII. */
function decoderFor(pages: Pages): (bytes: Buffer) => string {
  const encoding = (pages.read(1)?.readUInt32BE(56) ?? 0) & 3;
  if (encoding < 2) return (bytes) => bytes.toString('latin1');
  if (encoding === 2) return (bytes) => bytes.toString('utf16le');
  return (bytes) =>
    Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
}
