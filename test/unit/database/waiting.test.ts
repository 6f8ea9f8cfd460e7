import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { backedUpImage } from '../../../src/database/backup.ts';
import { Busy, patience, untilFree } from '../../../src/database/busy.ts';
import { dateUnlessChanged } from '../../../src/database/date.ts';
import { imageDigest, openImage } from '../../../src/database/image.ts';
import { tryLock, waitForLock } from '../../../src/database/lock.ts';
import { Damaged, isDamage, openOrBeginAnew, renameDamaged } from '../../../src/database/repair.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { openStoreCopy, openStoreFile } from '../../../src/database/store-file.ts';
import { repage } from '../../../src/database/swap.ts';
import { Failure } from '../../../src/failure.ts';
import { takeLane, tryLane } from '../../../src/update/lane.ts';
import { makeLive, provenVersion, versionImage } from '../../support/install/images.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'database-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
});
const at = (name: string) => join(home, name);

describe('a lock', () => {
  it('has one holder, also within a process, until that lets it go, once or twice', async () => {
    const lock = tryLock(at('lock'));
    expect([lock === null, tryLock(at('lock'))]).toEqual([false, null]);
    await expect(waitForLock(at('lock'), { timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock-timeout' });
    lock?.release();
    lock?.release();
    const next = await waitForLock(at('lock'), { timeoutMs: 0 });
    next.release();
    expect(readdirSync(home), 'nothing beside it').toEqual(['lock']);
  });

  it('is that of the file which stands there: one that was taken away locks nobody out', () => {
    const old = tryLock(at('lock'));
    renameSync(at('lock'), at('old'));
    const next = tryLock(at('lock'));
    expect([old === null, next === null]).toEqual([false, false]);
    old?.release();
    expect(tryLock(at('lock'))).toBe(null);
    next?.release();
  });

  it('that cannot be made is a failure of the disk', () => {
    mkdirSync(at('lock'));
    expect(() => tryLock(at('lock'))).toThrow(Failure);
  });
});

describe('a lane to the store', () => {
  it('is one of two, and a run that finds both taken waits only for its limit', async () => {
    const lanes = [tryLane(home), tryLane(home)];
    expect([lanes.includes(null), tryLane(home), await takeLane(home, 0)]).toEqual([false, null, null]);
    const waiting = takeLane(home, 60_000);
    lanes[1]?.release();
    const third = await waiting;
    expect([third === null, tryLane(home)]).toEqual([false, null]);
    for (const lane of [lanes[0], third]) lane?.release();
    expect(await takeLane(at('missing'), 0)).toBe(null);
  });
});

describe('the wait for a busy database', () => {
  it('ends with a failure that names the database, whatever is in the way', async () => {
    const busy = [
      new Busy('x'),
      Object.assign(new Error('x'), { code: 'SQLITE_BUSY_SNAPSHOT' }),
      Object.assign(new Error('x'), { code: 'SQLITE_LOCKED' }),
      new Failure('lock-timeout', 'x', { hint: 'h' }),
    ];
    for (const error of busy) {
      let tried = 0;
      const work = () => {
        tried += 1;
        throw error;
      };
      await expect(untilFree(patience('/db', 30), work)).rejects.toMatchObject({
        code: 'lock-timeout',
        message: '/db has been busy for 0.03 s',
        cause: error,
      });
      expect(tried).toBeGreaterThan(1);
    }
  });

  it('stops at any other error, and at the first success', async () => {
    let tried = 0;
    const odd = untilFree(patience('/db', 60_000), () => {
      tried += 1;
      throw new TypeError('odd');
    });
    await expect(odd).rejects.toThrow('odd');
    expect(tried).toBe(1);
    const done = await untilFree(patience('/db', 60_000), () => {
      tried += 1;
      if (tried < 5) throw new Busy('x');
      return 'done';
    });
    expect([done, tried]).toEqual(['done', 5]);
    await expect(untilFree(patience('/db', 0), () => 'at once')).resolves.toBe('at once');
  });
});

describe('a file of the state directory that is damaged', () => {
  it('is set aside with its journal and made again, whatever reports the damage', () => {
    const corrupt = Object.assign(new Error('x'), { code: 'SQLITE_CORRUPT_INDEX' });
    for (const [number, damage] of [new Damaged('x'), corrupt].entries()) {
      const path = at(`state-${number}`);
      writeFileSync(path, 'bad');
      writeFileSync(`${path}-journal`, 'bad');
      const db = openOrBeginAnew(path, () => {
        if (existsSync(path)) throw damage;
        return openDatabase(path);
      });
      db.close();
      const aside = readdirSync(home).filter((name) => name.startsWith(`state-${number}.damaged-`));
      expect(aside.map((name) => name.endsWith('-journal')).sort()).toEqual([false, true]);
    }
    expect(isDamage(Object.assign(new Error('x'), { code: 'SQLITE_BUSY' }))).toBe(false);
  });

  it('is left alone if it is sound by now, or another process is repairing it', () => {
    writeFileSync(at('state'), 'x');
    expect(renameDamaged(at('state'), () => false)).toBe(null);
    const guard = openDatabase(at('repair.db'));
    guard.exec('BEGIN EXCLUSIVE');
    expect(renameDamaged(at('state'), () => true)).toBe(null);
    guard.close();
    expect(existsSync(at('state'))).toBe(true);
    expect(renameDamaged(at('state'), () => true)).toMatch(/state\.damaged-[0-9TZ]+$/);
  });

  it('whose opening fails for another reason stays, with an error', () => {
    writeFileSync(at('state'), 'x');
    const open = () =>
      openOrBeginAnew(at('state'), () => {
        throw new TypeError('odd');
      });
    expect(open).toThrow('odd');
    expect(readdirSync(home)).toEqual(['state']);
  });
});

describe('a file of the program’s own', () => {
  const FILE = { versions: ['', 'CREATE TABLE a (x TEXT);'], lost: ': what it knows is lost.' };
  const open = () => openStoreFile(at('own.db'), FILE, { synchronous: 'OFF' });
  const asides = () => readdirSync(home).filter((name) => name.includes('.damaged-'));
  const spoil = (sql: string) => {
    const db = openDatabase(at('own.db'));
    db.exec(sql);
    db.close();
  };

  it('has exactly the tables of its version, and the right durability', () => {
    const db = open();
    expect([db.pragma('user_version', { simple: true }), db.pragma('synchronous', { simple: true })]).toEqual(
      [1, 0],
    );
    db.close();
    const other = openStoreFile(at('other.db'), FILE, { synchronous: 'NORMAL' });
    expect(other.pragma('synchronous', { simple: true })).toBe(1);
    other.close();
    open().close();
    expect(asides()).toEqual([]);
  });

  it.each([
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END',
    'CREATE VIEW v AS SELECT 1',
    'CREATE TABLE b (y)',
    'ALTER TABLE a ADD COLUMN y',
    'DROP TABLE a',
  ])('is made again if its tables were changed: %s', (sql) => {
    open().close();
    spoil(sql);
    open().close();
    expect(asides()).toHaveLength(1);
  });

  it('of a newer release is left alone', () => {
    open().close();
    spoil('PRAGMA user_version = 2');
    expect(open).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    expect(asides()).toEqual([]);
  });

  it('is copied for a run that changes nothing, or empty if it is damaged', () => {
    const rows = () => {
      const db = openStoreCopy(at('own.db'), FILE);
      db.exec("INSERT INTO a VALUES ('copy')");
      const count = db.prepare('SELECT count(*) FROM a').pluck().get();
      db.close();
      return count;
    };
    expect([rows(), existsSync(at('own.db'))]).toEqual([1, false]);
    open().close();
    spoil("INSERT INTO a VALUES ('x')");
    expect([rows(), rows()]).toEqual([2, 2]);
    spoil('CREATE TABLE b (y)');
    expect([rows(), asides()]).toEqual([1, []]);
  });
});

describe.each(['delete', 'wal'] as const)('a live database in journal mode %s', (mode) => {
  it('gets a time only while it has the given content, its log too, and is left unlocked', () => {
    makeLive(at('live'), versionImage(1), mode);
    const db = openDatabase(at('live'));
    db.exec("INSERT INTO notes (text) VALUES ('x')");
    const digest = imageDigest(db.serialize());
    const when = new Date('2026-01-02T03:04:05Z');
    expect(dateUnlessChanged(db, at('live'), 'other', when)).toBe(false);
    expect(db.inTransaction).toBe(false);
    expect(dateUnlessChanged(db, at('live'), digest, when)).toBe(true);
    expect(db.inTransaction).toBe(false);
    db.close();
  });

  it('is copied as it is, by way of a file that is removed', async () => {
    makeLive(at('live'), versionImage(1), mode);
    const db = openDatabase(at('live'));
    const image = await backedUpImage(db, { through: at('through'), timeoutMs: 10_000 });
    expect(imageDigest(image)).toBe(imageDigest(db.serialize()));
    db.close();
    expect(readdirSync(home)).toEqual(['live']);
  });
});

it('pages of another size are made in a file of its own, which is removed', () => {
  const image = repage(versionImage(1, { wal: true }), 8192, at('scratch'));
  expect([openImage(image).pragma('page_size', { simple: true }), readdirSync(home)]).toEqual([8192, []]);
  writeFileSync(at('live'), image);
  expect(provenVersion(at('live'))).toBe(1);
  expect(() => repage(Buffer.alloc(4096, 1), 8192, at('scratch'))).toThrow();
  expect(existsSync(at('scratch'))).toBe(false);
});
