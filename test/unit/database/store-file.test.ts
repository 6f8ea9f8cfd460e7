import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import {
  openStoreCopy,
  openStoreFile,
  openStoreFileBeside,
  type StoreFile,
} from '../../../src/database/store-file.ts';
import { Ledger } from '../../../src/sync/ledger.ts';

const FILE: StoreFile = {
  versions: ['', 'CREATE TABLE seen (name TEXT PRIMARY KEY) STRICT;'],
  lost: ': it is learnt again.',
};
const NORMAL = { synchronous: 'NORMAL' } as const;

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-file-'));
  path = join(directory, 'seen.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

function sql(statements: string): void {
  openDatabase(path).exec(statements).close();
}

function versionIn(file: string): unknown {
  const db = openDatabase(file);
  try {
    return db.pragma('user_version', { simple: true });
  } finally {
    db.close();
  }
}

const names = (db: ReturnType<typeof openDatabase>) => db.prepare('SELECT name FROM seen').pluck().all();

describe('a database file of the program itself', () => {
  it('is made with its version, and keeps its content when it is opened again', () => {
    const made = openStoreFile(path, FILE, NORMAL);
    made.exec("INSERT INTO seen VALUES ('a')");
    made.close();
    const again = openStoreFile(path, FILE, NORMAL);
    expect(names(again)).toEqual(['a']);
    again.close();
    expect(versionIn(path)).toBe(1);
  });

  it('gets its version if an early release has made its tables without one', () => {
    sql(`${FILE.versions[1]} INSERT INTO seen VALUES ('a')`);
    const db = openStoreFile(path, FILE, NORMAL);
    expect(names(db)).toEqual(['a']);
    db.close();
    expect(versionIn(path)).toBe(1);
  });

  it('is of the version before, whole, if the way to the next one fails', () => {
    openStoreFile(path, FILE, NORMAL).close();
    const versions = [...FILE.versions, `${FILE.versions[1]} CREATE TABLE more (x);`];
    const upgraded = (sql: string) =>
      openStoreFile(path, { ...FILE, versions, upgrades: { 2: sql } }, NORMAL);
    expect(() => upgraded('CREATE TABLE more (x); CREATE TABLE more (x);')).toThrow('already exists');
    openStoreFile(path, FILE, NORMAL).close();
    upgraded('CREATE TABLE more (x);').close();
    expect(versionIn(path)).toBe(2);
    expect(readdirSync(directory)).toEqual(['seen.db']);
  });

  it.each([
    ['has another table beside', `${FILE.versions[1]} CREATE TABLE other (x); PRAGMA user_version = 1`],
    [
      'has a trigger',
      `${FILE.versions[1]} CREATE TRIGGER t AFTER INSERT ON seen BEGIN SELECT 1; END; PRAGMA user_version = 1`,
    ],
    ['has the version without the tables', 'CREATE TABLE other (x); PRAGMA user_version = 1'],
    ['has other tables without a version', 'CREATE TABLE other (x)'],
  ])('is set aside and made again if it %s', (_, statements) => {
    sql(statements);
    const db = openStoreFile(path, FILE, NORMAL);
    expect(names(db)).toEqual([]);
    db.close();
    expect(readdirSync(directory).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
  });

  it('is set aside and made again if it is not a database', () => {
    writeFileSync(
      path,
      'something else, and long enough to be looked at as a header of a database'.repeat(3),
    );
    openStoreFile(path, FILE, NORMAL).close();
    expect(readdirSync(directory).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
  });

  it('is set aside and made again if one of its pages is torn, and a copy of it is empty then', () => {
    sql(`${FILE.versions[1]} PRAGMA user_version = 1; INSERT INTO seen VALUES ('a')`);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 4096, 8192));
    const copy = openStoreCopy(path, FILE);
    expect(names(copy)).toEqual([]);
    copy.close();
    openStoreFile(path, FILE, NORMAL).close();
    expect(readdirSync(directory).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
  });

  it('has an empty copy if it was only begun', () => {
    writeFileSync(path, '');
    const copy = openStoreCopy(path, FILE);
    expect(names(copy)).toEqual([]);
    copy.close();
  });

  describe('of an earlier version', () => {
    const ADDED = 'CREATE TABLE added (x TEXT) STRICT;';
    const LATER = { ...FILE, versions: [...FILE.versions, `${FILE.versions[1]} ${ADDED}`] };
    const UPGRADED = { ...LATER, upgrades: { 2: ADDED } };
    const tables = (db: ReturnType<typeof openDatabase>) =>
      db.prepare('SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').pluck().all();

    it('gets what is new when it is opened, and keeps what it has', () => {
      sql(`${FILE.versions[1]} INSERT INTO seen VALUES ('a'); PRAGMA user_version = 1`);
      const db = openStoreFile(path, UPGRADED, NORMAL);
      expect([names(db), tables(db)]).toEqual([['a'], ['added', 'seen']]);
      db.close();
      expect(versionIn(path)).toBe(2);
    });

    it('stays as it is if nothing says how it becomes a later one', () => {
      sql(`${FILE.versions[1]} PRAGMA user_version = 1`);
      openStoreFile(path, LATER, NORMAL).close();
      expect(versionIn(path)).toBe(1);
    });

    it('is set aside if it has not the tables of its version, and gets nothing before', () => {
      sql('CREATE TABLE other (x); PRAGMA user_version = 1');
      openStoreFile(path, UPGRADED, NORMAL).close();
      const [aside = ''] = readdirSync(directory).filter((name) => name.includes('.damaged-'));
      expect([versionIn(path), versionIn(join(directory, aside))]).toEqual([2, 1]);
    });
  });

  it('is left as it is, beside the process whose file it is, if it is damaged', () => {
    sql('CREATE TABLE other (x); PRAGMA user_version = 1');
    expect(() => openStoreFileBeside(path, FILE, NORMAL)).toThrow(
      expect.objectContaining({ code: 'disk', message: expect.stringMatching(/seen\.db is damaged: /) }),
    );
    expect(readdirSync(directory)).toEqual(['seen.db']);
  });

  it('is left unchanged if a newer release made it, and the message says what to do', () => {
    sql(`${FILE.versions[1]} PRAGMA user_version = 2`);
    const refusal = expect.objectContaining({
      code: 'config-invalid',
      message: `${path} was made by a newer version of this program (schema 2, known: 1)`,
      hint: 'Deploy that version again; or move the file aside: it is learnt again.',
    });
    expect(() => openStoreFile(path, FILE, NORMAL)).toThrow(refusal);
    expect(() => openStoreCopy(path, FILE)).toThrow(refusal);
    expect(versionIn(path)).toBe(2);
  });

  it('is copied into memory, and never made, for a run that changes nothing', () => {
    const empty = openStoreCopy(path, FILE);
    expect(names(empty)).toEqual([]);
    empty.close();
    expect(readdirSync(directory)).toEqual([]);
    const made = openStoreFile(path, FILE, NORMAL);
    made.exec("INSERT INTO seen VALUES ('a')");
    made.close();
    const copy = openStoreCopy(path, FILE);
    copy.exec("INSERT INTO seen VALUES ('b')");
    expect(names(copy)).toEqual(['a', 'b']);
    copy.close();
    const again = openStoreFile(path, FILE, NORMAL);
    expect(names(again)).toEqual(['a']);
    again.close();
  });
});

it('uploads.db has a version, and keeps what it knew without one', () => {
  const ledger = Ledger.open(directory, { dryRun: false });
  ledger.rememberCopy('2026-boston', { print: 'p', digest: 'd', isAtRest: true });
  ledger.close();
  const file = join(directory, 'uploads.db');
  expect(versionIn(file)).toBe(1);
  openDatabase(file).exec('PRAGMA user_version = 0').close();
  const early = Ledger.open(directory, { dryRun: false });
  expect(early.copy('2026-boston')).toEqual({ print: 'p', digest: 'd', isAtRest: true });
  early.close();
  expect(versionIn(file)).toBe(1);
});
