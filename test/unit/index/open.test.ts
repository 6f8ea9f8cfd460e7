import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openImage, openInstalled, readImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'open-index-'));
  path = join(dir, 'index.sqlite3');
});

afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true });
});

/** How many users the installed index has. */
function countInstalled(): unknown {
  const db = openInstalled(path);
  try {
    return db?.prepare('SELECT count(*) FROM users').pluck().get();
  } finally {
    db?.close();
  }
}

/** Runs SQL in a process of its own, which dies by SIGKILL behind it: what it had open stays as it was. */
function dieAfter(...statements: string[]): void {
  const script = `
    import { openDatabase } from '${join(import.meta.dirname, '../../../src/database/sqlite.ts')}';
    const db = openDatabase(process.argv[1]);
    for (const sql of JSON.parse(process.argv[2])) db.exec(sql);
    process.kill(process.pid, 'SIGKILL');`;
  const args = ['--input-type=module-typescript', '-e', script, path, JSON.stringify(statements)];
  expect(() => execFileSync(process.execPath, args)).toThrow(expect.objectContaining({ signal: 'SIGKILL' }));
}

describe('an image in memory', () => {
  it('cannot be written', () => {
    const db = openImage(buildIndex());
    expect(() => db.exec('DELETE FROM users')).toThrow(/readonly/);
    db.close();
  });

  it('leaves the buffer as it was, and does not depend on it', () => {
    const image = buildIndex();
    image.writeUInt16BE(0x0202, 18);
    const copy = Buffer.from(image);
    const db = openImage(image);
    expect(image.equals(copy)).toBe(true);
    image.fill(0);
    expect(db.prepare('SELECT count(*) FROM users').pluck().get()).toBe(1);
    db.close();
  });

  it('runs no function with side effects on behalf of its schema', () => {
    const source = openDatabase(buildIndex());
    source.exec("CREATE VIEW v AS SELECT load_extension('x')");
    const db = openImage(source.serialize());
    expect(() => db.prepare('SELECT * FROM v').get()).toThrow(/unsafe use|prohibited|not authorized/);
    db.close();
    source.close();
  });
});

describe('the installed index', () => {
  it('is null if there is none, or no directory', () => {
    expect(openInstalled(path)).toBeNull();
    expect(openInstalled(join(dir, 'none', 'index.sqlite3'))).toBeNull();
    expect(existsSync(path)).toBe(false);
  });

  it('cannot be written through the connection', () => {
    writeFileSync(path, buildIndex());
    const db = openInstalled(path);
    expect(() => db?.exec('DELETE FROM users')).toThrow(/readonly/);
    db?.close();
  });

  it('is read without an unfinished transaction', () => {
    writeFileSync(path, makeSampleIndex());
    const before = countInstalled();
    dieAfter(
      'PRAGMA cache_size = 1',
      'BEGIN',
      'UPDATE users SET email = zeroblob(9000)',
      'DELETE FROM users',
    );
    expect(existsSync(`${path}-journal`)).toBe(true);
    expect(countInstalled()).toBe(before);
    expect(existsSync(`${path}-journal`)).toBe(false);
  });

  it('is read with the changes in its write-ahead log, and the log is tidied up', () => {
    writeFileSync(path, buildIndex());
    dieAfter('PRAGMA journal_mode = WAL', 'DELETE FROM users');
    expect(existsSync(`${path}-wal`)).toBe(true);
    expect(countInstalled()).toBe(0);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(existsSync(`${path}-shm`)).toBe(false);
  });

  it.each(['delete', 'wal'])('is read from a directory that cannot be written, in mode %s', (mode) => {
    writeFileSync(path, buildIndex());
    const db = openDatabase(path);
    db.pragma(`journal_mode = ${mode}`);
    db.close();
    asNobody(() => expect(countInstalled()).toBe(1));
  });

  it('is not read from such a directory while a log holds more than the file', () => {
    writeFileSync(path, buildIndex());
    dieAfter('PRAGMA journal_mode = WAL', 'DELETE FROM users');
    rmSync(`${path}-shm`);
    asNobody(() => expect(() => countInstalled()).toThrow(expect.objectContaining({ code: 'disk' })));
  });

  it('is a failure if another process keeps it locked', () => {
    writeFileSync(path, buildIndex());
    const writer = openDatabase(path);
    writer.exec('BEGIN EXCLUSIVE');
    expect(() => openInstalled(path, { busyTimeoutMs: 1 })).toThrow(
      expect.objectContaining({ code: 'lock-timeout', message: expect.stringContaining(path) }),
    );
    writer.close();
  });

  it('is a failure if it is not a database, or is a directory', () => {
    writeFileSync(path, 'x'.repeat(4096));
    expect(() => openInstalled(path)).toThrow(expect.objectContaining({ code: 'index-invalid' }));
    expect(() => openInstalled(dir)).toThrow(expect.objectContaining({ code: 'disk' }));
  });

  it('gives an image of one moment while others write', () => {
    writeFileSync(path, buildIndex());
    const writer = openDatabase(path);
    writer.pragma('journal_mode = WAL');
    const reader = openInstalled(path);
    writer.exec('DELETE FROM users');
    const image = openImage(readImage(reader as NonNullable<typeof reader>));
    expect(image.prepare('SELECT count(*) FROM users').pluck().get()).toBe(0);
    for (const db of [image, reader, writer]) db?.close();
    expect(readFileSync(path).readUInt16BE(18)).toBe(0x0202);
  });
});

/** Runs something as a user who may read everything here and write nothing; root may write anywhere. */
function asNobody(run: () => void): void {
  chmodSync(path, 0o444);
  chmodSync(dir, 0o555);
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    run();
  } finally {
    if (root) process.seteuid?.(0);
  }
}
