import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInstalled, readImage } from '../../../src/database/image.ts';
import { withPagesOf } from '../../../src/database/pages.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { rewritten } from '../../support/indexes/costly-images.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';

const MIB = 2 ** 20;
/** Too long for us, though it costs SQLite nothing: a test that fails must end. */
const LONG = `CREATE TABLE t (a /* ${'x'.repeat(70_000)} */)`;
const REFUSED = expect.objectContaining({
  code: 'index-invalid',
  message: expect.stringMatching(
    /index\.sqlite3 cannot be used: its schema has \d+ characters in one statement/,
  ),
});

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'live-costly-'));
  path = join(dir, 'index.sqlite3');
});

afterEach(() => rmSync(dir, { recursive: true }));

function setSchema(db: Database, sql: string): void {
  db.unsafeMode();
  db.pragma('writable_schema = ON');
  db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 't'").run(sql);
}

/** Copies a database at `from` and what stands beside it to where it is opened, as a process leaves it that is killed. */
function leave(from: string, ...suffixes: string[]): void {
  for (const suffix of ['', ...suffixes]) copyFileSync(from + suffix, path + suffix);
}

describe('a live index whose schema cannot be read at a bounded cost', () => {
  it('is refused if the schema is in the file', () => {
    writeFileSync(path, rewritten(buildIndex(), LONG));
    expect(() => openInstalled(path)).toThrow(REFUSED);
  });

  it('is refused if the schema is only in the write-ahead log', () => {
    const from = join(dir, 'from');
    writeFileSync(from, rewritten(buildIndex(), 'CREATE TABLE t (a)'));
    const db = openDatabase(from);
    db.pragma('journal_mode = WAL');
    setSchema(db, LONG);
    leave(from, '-wal');
    db.close();
    expect(() => openInstalled(path)).toThrow(REFUSED);
  });

  it('is refused if only the log has a header', () => {
    const from = join(dir, 'from');
    const db = openDatabase(from);
    db.pragma('journal_mode = WAL');
    db.pragma('wal_autocheckpoint = 0');
    db.exec('CREATE TABLE t (a); INSERT INTO t SELECT zeroblob(9000)');
    setSchema(db, LONG);
    leave(from, '-wal');
    db.close();
    writeFileSync(path, Buffer.alloc(4096, 'x'));
    expect(() => openInstalled(path)).toThrow(REFUSED);
  });

  it('is refused if SQLite restores the schema when it undoes the transaction of a killed process', () => {
    const from = join(dir, 'from');
    writeFileSync(from, rewritten(buildIndex(), LONG));
    const db = openDatabase(from);
    db.pragma('cache_size = 1');
    db.exec('BEGIN');
    setSchema(db, 'CREATE TABLE t (a)');
    db.exec('CREATE TABLE filler AS SELECT zeroblob(100000) AS b');
    leave(from, '-journal');
    db.close();
    expect(() => openInstalled(path)).toThrow(REFUSED);
  });

  it('is accepted if the schema is in an uncommitted transaction of a killed process', () => {
    const from = join(dir, 'from');
    writeFileSync(from, rewritten(buildIndex(), 'CREATE TABLE t (a)'));
    const db = openDatabase(from);
    db.pragma('journal_mode = WAL');
    db.exec('INSERT INTO t VALUES (2)');
    db.pragma('cache_size = 1');
    db.exec('BEGIN');
    setSchema(db, LONG);
    db.exec('INSERT INTO t SELECT zeroblob(100000) FROM pragma_function_list');
    leave(from, '-wal');
    db.close();
    const opened = openInstalled(path);
    expect(opened?.prepare('SELECT count(*) FROM t').pluck().get()).toBe(21);
    opened?.close();
  });
});

it.each([512, 4096, 65_536])('pages of %i bytes are seen as SQLite sees them, through the log', (size) => {
  const db = openDatabase(path);
  db.pragma(`page_size = ${size}`);
  db.pragma('journal_mode = WAL');
  db.pragma('wal_autocheckpoint = 0');
  db.exec('CREATE TABLE t (a)');
  const insert = db.prepare('INSERT INTO t SELECT randomblob(3000) FROM pragma_function_list LIMIT 20');
  for (let round = 0; round < 3; round++) insert.run();
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.exec('UPDATE t SET a = randomblob(2000) WHERE rowid % 2; CREATE INDEX i ON t (a)');
  db.exec('DELETE FROM t WHERE rowid % 3');
  const image = db.serialize();
  const seen = withPagesOf(path, (pages) => {
    const count = image.length / size;
    return Buffer.concat(Array.from({ length: count }, (_, at) => pages?.read(at + 1) ?? Buffer.alloc(0)));
  });
  db.close();
  expect(seen.equals(image)).toBe(true);
});

describe('a live index that is larger than the limit', () => {
  const tooLarge = (size: number) =>
    expect.objectContaining({
      code: 'index-invalid',
      message: expect.stringContaining(`index.sqlite3 has ${size} bytes, more than the `),
    });

  it('is refused by the size of its file, even a sparse one', () => {
    writeFileSync(path, buildIndex());
    truncateSync(path, 1536 * MIB);
    const before = process.memoryUsage().rss;
    expect(() => openInstalled(path, { maxBytes: 64 * MIB })).toThrow(tooLarge(1536 * MIB));
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MIB);
  });

  it('is refused by the size that its log gives it', () => {
    const from = join(dir, 'from');
    writeFileSync(from, buildIndex());
    const db = openDatabase(from);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE filler AS SELECT zeroblob(500000) AS b');
    leave(from, '-wal');
    const size = db.serialize().length;
    db.close();
    const maxBytes = readFileSync(path).length;
    expect(() => openInstalled(path, { maxBytes })).toThrow(tooLarge(size));
    openInstalled(path, { maxBytes: size })?.close();
  });

  it('is refused before it is read as an image', () => {
    writeFileSync(path, buildIndex());
    const db = openInstalled(path) as Database;
    expect(() => readImage(db, undefined, 1000)).toThrow(
      /the index has \d+ bytes, more than the 1000 allowed/,
    );
    db.close();
  });
});
