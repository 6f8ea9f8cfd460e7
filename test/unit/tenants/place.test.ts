import {
  copyFileSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { Failure } from '../../../src/failure.ts';
import { appear, type Placement, placeDatabase } from '../../../src/tenants/install-database.ts';
import { newDatabases } from '../../../src/tenants/new-databases.ts';
import { openSeen, type SeenDatabases } from '../../../src/tenants/seen.ts';
import { handleTenant } from '../../../src/tenants/tenant.ts';
import type { NewEvent } from '../../../src/tenants/tenant-model.ts';
import type { Work } from '../../../src/tenants/tenants-context.ts';
import { NOTHING } from '../../support/indexes/invented-index.ts';
import { provenVersion, versionImage } from '../../support/install/images.ts';
import { T1, T2, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const bytes = versionImage(2);

/** Whatever is done as the last thing before the database is written over. */
function seenWith(room: TenantRoom, announced: () => void): SeenDatabases {
  const seen = openSeen(ensureStateDir(room.dbDir));
  const announce = seen.announce.bind(seen);
  seen.announce = (name, install) => {
    announce(name, install);
    announced();
  };
  return seen;
}

const placement = (room: TenantRoom, seen: SeenDatabases): Placement => ({
  tenant: { name: NAME, path: room.path(NAME), region: 'iad' },
  image: { bytes, digest: imageDigest(bytes) },
  learnt: { etag: '"new"', stored: T2.getTime() / 1000, time: T2 },
  like: { mode: 0o640, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
  seen,
});

describe.each(['wal', 'delete'] as const)('a fetched database in the place of a live one (%s)', (mode) => {
  it('gives way to what the tenant commits after it was looked at, and before it is written over', async () => {
    const room = new TenantRoom(null);
    room.writeLive(NAME, 1, mode, T1);
    const tenant = openDatabase(room.path(NAME));
    const seen = seenWith(room, () => tenant.exec("INSERT INTO notes (text) VALUES ('mine')"));
    expect(await placeDatabase(placement(room, seen))).toEqual({ kind: 'superseded' });
    expect(tenant.prepare('SELECT text FROM notes').pluck().all()).toEqual(['mine']);
    expect([seen.allInterrupted(), seen.get(NAME)]).toEqual([[], null]);
    tenant.close();
    seen.close();
    expect(provenVersion(room.path(NAME))).toBe(1);
  });

  it('that fails leaves the old one with its time, and no install that is announced still', async () => {
    const room = new TenantRoom(null);
    room.writeLive(NAME, 1, mode, T1);
    const seen = seenWith(room, () => {
      throw new Failure('disk', 'full', { hint: 'Free some space.' });
    });
    await expect(placeDatabase(placement(room, seen))).rejects.toMatchObject({ code: 'disk' });
    expect([seen.allInterrupted(), seen.get(NAME)]).toEqual([[], null]);
    seen.close();
    expect(provenVersion(room.path(NAME))).toBe(1);
    expect(statSync(room.path(NAME)).mtime).toEqual(T1);
  });

  it('is remembered as what the local one grew from, with the time that it is dated with', async () => {
    const room = new TenantRoom(null);
    room.writeLive(NAME, 1, mode, T1);
    const seen = openSeen(ensureStateDir(room.dbDir));
    expect(await placeDatabase(placement(room, seen))).toEqual({ kind: 'placed', kept: null });
    expect(seen.get(NAME)).toMatchObject({ etag: '"new"', time: T2, digest: imageDigest(bytes) });
    expect(seen.time(NAME)).toEqual({ etag: '"new"', stored: T2.getTime() / 1000, time: T2 });
    expect(seen.allInterrupted()).toEqual([]);
    seen.close();
    expect(statSync(room.path(NAME)).mtime).toEqual(T2);
  });
});

it('a fetched database replaces an older one that a killed application has left in the middle of a change', async () => {
  const room = new TenantRoom(null);
  room.writeLive('halfway', 1, 'delete', T1);
  const killed = openDatabase(room.path('halfway'));
  onTestFinished(() => void killed.close());
  killed.exec('PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN');
  killed.exec('CREATE TABLE filler (x)');
  for (let row = 0; row < 40; row += 1) killed.exec('INSERT INTO filler VALUES (zeroblob(4000))');
  // What stands on the disk now is what a kill leaves.
  for (const suffix of ['', '-journal'])
    copyFileSync(room.path('halfway') + suffix, room.path(NAME) + suffix);
  utimesSync(room.path(NAME), T1, T1);
  utimesSync(`${room.path(NAME)}-journal`, T1, T1);
  const seen = openSeen(ensureStateDir(room.dbDir));
  expect(await placeDatabase(placement(room, seen))).toEqual({ kind: 'placed', kept: null });
  seen.close();
  expect(provenVersion(room.path(NAME))).toBe(2);
  expect(statSync(room.path(NAME)).mtime).toEqual(T2);
});

describe('a fetched database where there is none', () => {
  it('stands there with owner, mode and time, and nothing is left beside it', async () => {
    const room = new TenantRoom(null);
    const seen = openSeen(ensureStateDir(room.dbDir));
    const like = { mode: 0o600, uid: 1234, gid: 1235 };
    const { tenant, ...rest } = placement(room, seen);
    expect(await placeDatabase({ ...rest, tenant, like })).toEqual({ kind: 'placed', kept: null });
    const { mode, uid, gid, mtime } = statSync(tenant.path);
    expect([mode & 0o777, uid, gid, mtime]).toEqual([0o600, 1234, 1235, T2]);
    expect(room.files()).toEqual([`${NAME}.sqlite3`]);
    expect(seen.get(NAME)).toMatchObject({ etag: '"new"', time: T2 });
    seen.close();
  });

  it('is not put there by a disk that gives back other bytes than were written to it', async () => {
    const room = new TenantRoom(null);
    const seen = openSeen(ensureStateDir(room.dbDir));
    let reads = 0;
    const image = {
      digest: imageDigest(bytes),
      get bytes() {
        reads += 1;
        return reads === 1 ? versionImage(3) : bytes;
      },
    };
    await expect(placeDatabase({ ...placement(room, seen), image })).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining('does not hold what was written to it'),
    });
    expect([room.files(), seen.get(NAME)]).toEqual([[], null]);
    seen.close();
  });
});

describe('on a file system without hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'a new database appears where nothing stands, and replaces nothing (%s)',
    (code) => {
      const room = new TenantRoom(null);
      const [staged, path] = [room.path('staged'), room.path(NAME)];
      const link = () => {
        throw Object.assign(new Error(code), { code });
      };
      writeFileSync(staged, 'new');
      writeFileSync(path, 'the application’s');
      expect([appear(staged, path, link), readFileSync(path, 'utf8')]).toEqual([false, 'the application’s']);
      expect(appear(staged, room.path('other'), link)).toBe(true);
      expect(room.files()).toEqual([`${NAME}.sqlite3`, 'other.sqlite3']);
    },
  );
});

it('a link that stands in the place of a database is not written through, however old what it leads to', async () => {
  const room = new TenantRoom(null);
  room.writeLive('elsewhere', 1, 'delete', T1);
  symlinkSync(room.path('elsewhere'), room.path(NAME));
  const seen = openSeen(ensureStateDir(room.dbDir));
  expect(await placeDatabase(placement(room, seen))).toEqual({ kind: 'superseded' });
  seen.close();
  expect(lstatSync(room.path(NAME)).isSymbolicLink()).toBe(true);
  expect(provenVersion(room.path('elsewhere'))).toBe(1);
});

it('a database that would not be in the db dir is not touched, whatever the index says', async () => {
  const room = new TenantRoom(null);
  const context = room.context(() => {}, NOTHING);
  for (const path of [join(room.home, 'x.sqlite3'), `${room.dbDir}/../x.sqlite3`]) {
    const tenant = { name: '../x', path, region: null };
    const refused = expect(handleTenant({ context } as unknown as Work, tenant)).rejects;
    await refused.toMatchObject({ code: 'tenant-invalid' });
    const facts = { single: true, name: 'x', date: null, year: 2026, locale: null };
    const event = { ...tenant, facts, before: null, shared: false } as unknown as NewEvent;
    const placed = await newDatabases({ ...context, budgetMs: 1000 }).place([event]);
    expect(placed).toMatchObject([{ problem: { code: 'tenant-invalid' } }]);
  }
});
