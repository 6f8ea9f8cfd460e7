import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { giveToOwner, readOwner } from '../../src/tenants/owner.ts';
import { versionImage } from '../install/support/images.ts';
import { openStoreRoom } from './support/store-room.ts';
import { T1, T2, TenantRoom } from './support/tenant-room.ts';

const NAME = '2026-boston';
const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nrails:x:1234:1235:Rails:/rails:/bin/sh\n';
const OWNER = { mode: 0o644, uid: 1234, gid: 1236 };

const ownerOf = (path: string) => {
  const { uid, gid, mode } = statSync(path);
  return [uid, gid, mode & 0o777];
};

describe('the owner of tenant databases', () => {
  it('is the user and group that Navigator runs tenants as', () => {
    const { site } = new TenantRoom(null);
    expect(readOwner(site, { passwd: PASSWD, group: 'root:x:0:\nrails:x:1236:\n' })).toEqual(OWNER);
  });

  it('has the primary group where there is no group of that name', () => {
    const { site } = new TenantRoom(null);
    expect(readOwner(site, { passwd: PASSWD, group: '' })).toMatchObject({ uid: 1234, gid: 1235 });
  });

  it.each(['', 'railsx:x:1234:1235::\n', 'rails\n', 'rails:x:none:1:\n'])(
    'is the owner of the db dir where there is no such user: %j',
    (passwd) => {
      const room = new TenantRoom(null);
      chownSync(room.dbDir, 4321, 4322);
      expect(readOwner(room.site, { passwd, group: 'rails:x:1236:\n' })).toEqual({
        mode: 0o644,
        uid: 4321,
        gid: 4322,
      });
    },
  );
});

describe('giving a database to its owner', () => {
  it('includes the files that SQLite has beside it, and leaves modes alone unless it was just made', () => {
    const room = new TenantRoom(null);
    const path = room.path(NAME);
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(path + suffix, '', { mode: 0o600 });
    expect(giveToOwner(path, OWNER, { made: false })).toBe(true);
    for (const suffix of ['', '-wal', '-shm']) expect(ownerOf(path + suffix)).toEqual([1234, 1236, 0o600]);
    expect(giveToOwner(path, OWNER, { made: true })).toBe(false);
    expect(ownerOf(path)).toEqual([1234, 1236, 0o644]);
  });

  it('never gives away what a link leads to', () => {
    const room = new TenantRoom(null);
    const other = join(room.home, 'secret');
    writeFileSync(other, '');
    symlinkSync(other, room.path('2026-soft'));
    linkSync(other, room.path('2026-hard'));
    for (const name of ['2026-soft', '2026-hard'])
      expect(giveToOwner(room.path(name), OWNER, { made: true })).toBe(false);
    expect(ownerOf(other).slice(0, 2)).toEqual([process.getuid?.(), process.getgid?.()]);
  });
});

describe('a run as root', () => {
  it('leaves databases and its own state to the owner of the db dir, where nobody else is named', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    chownSync(room.dbDir, 1234, 1235);
    await stored.upload('2026-new', versionImage(2), T2);
    await stored.upload('2026-old', versionImage(2), T2);
    room.write('2026-old', versionImage(1), T1);
    chmodSync(room.path('2026-old'), 0o660);
    room.write('2026-kept', versionImage(1), T2);
    room.migrations('20250101000000');
    room.program(
      'bin/rails',
      `exec "${process.execPath}" "${join(import.meta.dirname, 'support/apply-process.ts')}" "\${DATABASE_URL#sqlite3://}" 20250101000000`,
    );
    const names = ['2026-new', '2026-old', '2026-kept', '2026-made'];
    expect((await room.run(names)).counts).toMatchObject({ downloaded: 2, prepared: 4, failed: 0 });
    expect(names.map((name) => ownerOf(room.path(name)))).toEqual([
      [1234, 1235, 0o644],
      [1234, 1235, 0o660],
      [1234, 1235, 0o644],
      [1234, 1235, 0o644],
    ]);
    const state = join(room.dbDir, '.update_config');
    const others = spawnSync('find', [state, '!', '-uid', '1234'], { encoding: 'utf8' });
    expect(others.stdout).toBe('');
  });

  it('gives away what the prepare command has made, the log of the event too, also when it fails', async () => {
    const room = new TenantRoom(null);
    chownSync(room.dbDir, 1234, 1235);
    room.migrations('20250101000000');
    const log = 'log/$RAILS_APP_DB.log';
    const script = `mkdir -p log; date > "${log}"; touch "\${DATABASE_URL#sqlite3://}"; exit 1`;
    room.program('bin/rails', script);
    expect((await room.run([NAME])).counts).toMatchObject({ failed: 1 });
    const paths = [room.path(NAME), join(room.appRoot, 'log', `${NAME}.log`)];
    for (const path of paths) expect(ownerOf(path)).toEqual([1234, 1235, 0o644]);
  });

  it('tells of an owner that it has set right, and does so once', async () => {
    const room = new TenantRoom(null);
    chownSync(room.dbDir, 1234, 1235);
    room.write(NAME, versionImage(1), T1);
    const ran = await room.run([NAME]);
    expect(ran.items).toEqual([`${NAME} changed: given to its owner`]);
    expect(ran.counts).toMatchObject({ 'given to their owner': 1, unchanged: 0 });
    expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1 });
  });
});
