import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { schemaProblem } from '../../../src/database/costly-schema.ts';
import { dateUnlessChanged } from '../../../src/database/date.ts';
import { imageDigest, readImage } from '../../../src/database/image.ts';
import { quickCheck } from '../../../src/database/integrity.ts';
import { tryLock } from '../../../src/database/lock.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { swapDatabase } from '../../../src/database/swap.ts';
import { makeLive, provenVersion, versionImage } from '../../support/install/images.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'edges-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
});

/** An image whose schema was changed as nobody can by other statements. */
function withSchema(...statements: string[]): Buffer {
  const db = openDatabase(':memory:');
  db.unsafeMode();
  db.exec(
    'PRAGMA writable_schema = ON; CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1)',
  );
  for (const statement of statements) db.exec(statement);
  const image = db.serialize();
  db.close();
  return image;
}

/** As many views as make so many rows of the schema, with the two that are there. */
const rows = (count: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
   INSERT INTO sqlite_schema SELECT 'view', 'v' || i, 'v' || i, 0, 'CREATE VIEW v' || i || ' AS SELECT 1' FROM n`;

const longer = (characters: number) =>
  `UPDATE sqlite_schema SET sql = sql || '/*' || substr(hex(zeroblob(40000)), 1, ${characters} - length(sql) - 4) || '*/' WHERE name = 't'`;

const set = (column: string, value: string, name: string) =>
  `UPDATE sqlite_schema SET ${column} = ${value} WHERE name = '${name}'`;

describe('a schema', () => {
  it('may have 2000 rows, and statements of 65,536 characters, and neither more', () => {
    expect([2000, 2001].map((count) => schemaProblem(withSchema(rows(count))))).toEqual([
      null,
      'has more than 2000 rows in sqlite_schema',
    ]);
    expect([65_536, 65_537].map((count) => schemaProblem(withSchema(longer(count))))).toEqual([
      null,
      'has 65537 characters in one statement',
    ]);
  });

  it.each(['type', 'name', 'tbl_name', 'sql'])('holds no NUL in its %s', (column) => {
    expect(schemaProblem(withSchema(set(column, `${column} || char(0)`, 't')))).toBe('holds a NUL');
  });

  const OTHER_COLUMN = set('sql', "replace(sql, 'stat)', 'stat, x AS (1))')", 'sqlite_stat1');
  const CAPITALS =
    "UPDATE sqlite_schema SET name = 'SQLITE_stat1', tbl_name = 'sqlite_STAT1' WHERE name = 'sqlite_stat1'";
  it.each([
    ['belong to another table', set('tbl_name', "'t'", 'sqlite_stat1')],
    ['have another name in that table', set('name', "'other'", 'sqlite_stat1')],
    ['have another column', OTHER_COLUMN],
    ['have another column, and capitals in their name', `${OTHER_COLUMN}; ${CAPITALS}`],
  ])('has statistics as ANALYZE makes them, and none that %s', (_, statements) => {
    expect(schemaProblem(withSchema('ANALYZE'))).toBe(null);
    expect(schemaProblem(withSchema('ANALYZE', statements))).toMatch(
      /^has a .+ that is not as ANALYZE makes it$/,
    );
  });

  it('has pages of which at least 480 bytes are used', () => {
    const db = openDatabase(':memory:');
    db.exec('PRAGMA page_size = 512; PRAGMA user_version = 1; VACUUM');
    const image = db.serialize();
    db.close();
    const reserving = (bytes: number) => {
      image[20] = bytes;
      return schemaProblem(image);
    };
    expect([reserving(32), reserving(33)]).toEqual([null, 'is malformed: too little of each page is used']);
  });
});

describe('a database that is dated', () => {
  const date = new Date('2026-01-02T03:04:05Z');
  const dated = (mode: 'wal' | 'delete', before: (path: string) => void) => {
    const path = join(home, 'db');
    makeLive(path, versionImage(1), mode);
    const db = openDatabase(path, { busyTimeoutMs: 0 });
    onTestFinished(() => void db.close());
    const digest = imageDigest(readImage(db));
    before(path);
    const isDated = dateUnlessChanged(db, path, digest, date);
    const times = ['', '-wal'].map((suffix) => statSync(path + suffix, { throwIfNoEntry: false })?.mtimeMs);
    return { isDated, times };
  };

  it('has that time with its log, and only while it is what it was', () => {
    const change = (path: string) =>
      openDatabase(path).exec("INSERT INTO notes (text) VALUES ('new')").close();
    expect(dated('wal', () => {})).toEqual({ isDated: true, times: [date.getTime(), date.getTime()] });
    rmSync(home, { recursive: true });
    home = mkdtempSync(join(tmpdir(), 'edges-'));
    const { isDated, times } = dated('wal', change);
    expect([isDated, times.includes(date.getTime())]).toEqual([false, false]);
  });

  it.each(['wal', 'delete'] as const)('is not while somebody is writing to it (%s)', (mode) => {
    let writer: Database | undefined;
    const begin = (path: string) => {
      writer = openDatabase(path).exec('BEGIN IMMEDIATE');
    };
    expect(() => dated(mode, begin)).toThrow('database is locked');
    writer?.close();
  });
});

describe('the check of a database', () => {
  const failing = (code: string) => {
    return {
      pragma: () => {
        throw new BetterSqlite3.SqliteError('no', code);
      },
    } as unknown as Database;
  };

  it.each(['BUSY', 'LOCKED', 'IOERR_READ', 'FULL', 'CANTOPEN', 'NOMEM'])(
    'finds nothing wrong with it, and does not find it in order, where it cannot be done: %s',
    (code) => {
      expect(() => quickCheck(failing(`SQLITE_${code}`))).toThrow('no');
    },
  );

  it('finds damage that keeps it from its end', () => {
    expect(quickCheck(failing('SQLITE_CORRUPT'))).toBe('no');
  });
});

describe('what is no file', () => {
  const pipe = (suffix: string) => execFileSync('mkfifo', [join(home, `db${suffix}`)]);

  it.each(['-journal', '-wal', '-shm'])(
    'is moved from beside a database, and stays for who only reads: %s',
    (suffix) => {
      makeLive(join(home, 'db'), versionImage(1), 'delete');
      pipe(suffix);
      expect(() => openDatabase(join(home, 'db'), { readonly: true })).toThrow(
        expect.objectContaining({ code: 'disk', message: expect.stringContaining(`db${suffix} is a pipe`) }),
      );
      expect(readdirSync(home).sort()).toEqual(['db', `db${suffix}`]);
      openDatabase(join(home, 'db')).close();
      expect(readdirSync(home).map((name) => name.replace(/-\d+T\d+Z$/, ''))).toEqual([
        'db',
        `db${suffix}.not-a-file`,
      ]);
    },
  );

  it('is never opened in the place of a database', () => {
    pipe('');
    expect(() => openDatabase(join(home, 'db'))).toThrow(expect.objectContaining({ code: 'disk' }));
    expect(readdirSync(home)).toEqual(['db']);
  });
});

it('a database without tables takes an image of another text encoding', async () => {
  const path = join(home, 'db');
  openDatabase(path).exec("PRAGMA encoding = 'UTF-16le'; PRAGMA user_version = 1").close();
  const swap = { path, image: versionImage(1), staged: join(home, 'staged'), mtime: new Date(0) };
  expect(await swapDatabase(swap)).toMatchObject({ way: 'backup' });
  expect(provenVersion(path)).toBe(1);
});

it('a lock has no journal beside it, which a killed holder would leave', () => {
  const lock = tryLock(join(home, 'a.lock'));
  expect([lock === null, readdirSync(home)]).toEqual([false, ['a.lock']]);
  lock?.release();
  lock?.release();
});
