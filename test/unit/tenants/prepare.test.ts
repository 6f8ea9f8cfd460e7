import { readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tryLock } from '../../../src/database/lock.ts';
import { openSeen } from '../../../src/tenants/seen.ts';
import { tenantLockPath } from '../../../src/tenants/under-lock.ts';
import { provenVersion, versionImage } from '../../support/install/images.ts';
import { openStoreRoom, type StoreRoom } from '../../support/tenants/store-room.ts';
import { T1, T2, T3, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const OBJECT = `db/${NAME}.sqlite3`;
const NEW = versionImage(2, { rows: 150 });

async function rooms(): Promise<{ stored: StoreRoom; room: TenantRoom }> {
  const stored = await openStoreRoom();
  return { stored, room: new TenantRoom(stored.store) };
}

describe('a tenant database', () => {
  it('that is missing is downloaded, byte for byte, and has the time in its metadata', async () => {
    const { stored, room } = await rooms();
    const etag = await stored.upload(NAME, NEW, new Date('2025-11-19T12:01:00.250Z'));
    const ran = await room.run([NAME]);
    expect(ran.counts).toEqual({ downloaded: 1, prepared: 0, unchanged: 0, failed: 0 });
    expect(ran.items).toEqual([
      `${NAME} changed: downloaded (${NEW.length} bytes, changed 2025-11-19T12:01:00.250Z)`,
    ]);
    expect(readFileSync(room.path(NAME))).toEqual(NEW);
    expect(room.modified(NAME)).toEqual(new Date('2025-11-19T12:01:00.250Z'));
    expect(room.files()).toEqual([`${NAME}.sqlite3`]);
    const seen = openSeen(`${room.dbDir}/.update_config`);
    expect(seen.get(NAME)).toMatchObject({ etag });
    seen.close();
    expect(stored.asked()).toEqual(['LIST db/', `GET ${OBJECT}`]);
    expect((await room.run([NAME])).counts).toEqual({ downloaded: 0, prepared: 0, unchanged: 1, failed: 0 });
    expect(stored.asked()).toEqual(['LIST db/']);
  });

  it('without metadata gets the time at which the store got it', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, null);
    await room.run([NAME]);
    const head = await stored.store.head(OBJECT);
    if (head.kind !== 'found') throw new Error('it is gone');
    expect(room.modified(NAME)).toEqual(head.object.modified);
  });

  it('without metadata gets the time in the inventory for that version, even if there was none here', async () => {
    const { stored, room } = await rooms();
    const names = [NAME, '2026-other', '2026-stale'];
    const etags = new Map<string, string>();
    for (const [at, name] of names.entries()) {
      etags.set(name, await stored.upload(name, versionImage(at), null));
    }
    const entry = (name: string) => ({ etag: etags.get(name) ?? '', time: T2 });
    const [a = '', b = '', c = ''] = names;
    await stored.putInventory('iad', {
      [a]: entry(a),
      [b]: entry(b),
      [c]: { etag: '"another"', time: T2 },
    });
    expect((await room.run(names)).counts).toMatchObject({ downloaded: 3, failed: 0 });
    expect([a, b].map((name) => room.modified(name))).toEqual([T2, T2]);
    expect(room.modified(c).getTime()).toBeGreaterThan(T3.getTime());
    expect(stored.asked().filter((line) => line.includes('inventory'))).toEqual(['GET inventory/iad.json']);
    expect((await room.run(names)).counts).toMatchObject({ downloaded: 0, unchanged: 3 });
  });

  it('that is empty is downloaded into the same file, so that a process that has it open sees it', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    writeFileSync(room.path(NAME), '');
    const { ino } = statSync(room.path(NAME));
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
    expect(provenVersion(room.path(NAME))).toBe(2);
    expect(statSync(room.path(NAME))).toMatchObject({ ino, mtime: T2 });
  });

  it.each(['wal', 'delete'] as const)('that is older is replaced in place: journal mode %s', async (mode) => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    room.writeLive(NAME, 1, mode, T1);
    const { ino } = statSync(room.path(NAME));
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    expect(provenVersion(room.path(NAME))).toBe(2);
    expect(statSync(room.path(NAME))).toMatchObject({ ino, mtime: T2 });
    expect(room.files()).toEqual([`${NAME}.sqlite3`]);
  });

  it.each([
    ['newer', T3],
    ['of the same second', new Date(T2.getTime() + 400)],
  ])('that is %s stays as it is', async (_title, local) => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, new Date(T2.getTime() + 900));
    const bytes = versionImage(1);
    room.write(NAME, bytes, local);
    expect((await room.run([NAME])).counts).toEqual({ downloaded: 0, prepared: 0, unchanged: 1, failed: 0 });
    expect(readFileSync(room.path(NAME))).toEqual(bytes);
    expect(room.modified(NAME)).toEqual(local);
    // That the object is not newer is remembered.
    expect(stored.asked()).toEqual(['LIST db/', 'LIST inventory/', `HEAD ${OBJECT}`]);
    await room.run([NAME]);
    expect(stored.asked()).toEqual(['LIST db/']);
  });

  it('is not newer than the local one only because it was stored later: its metadata decides', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, versionImage(1), T1);
    await room.run([NAME]);
    await stored.upload(NAME, NEW, new Date(T1.getTime() - 60_000));
    expect((await room.run([NAME], { dryRun: true })).items).toEqual([]);
    stored.asked();
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 0, unchanged: 1 });
    expect(provenVersion(room.path(NAME))).toBe(1);
    expect(stored.asked()).toEqual(['LIST db/', `GET ${OBJECT}`]);
    await room.run([NAME]);
    expect(stored.asked()).toEqual(['LIST db/']);
  });

  it('that is put into the store again with a later time is downloaded again, though its bytes are the same', async () => {
    const { stored, room } = await rooms();
    const etag = await stored.upload(NAME, NEW, T1);
    await room.run([NAME]);
    // As if that had been some seconds ago: the store's own times of an object are whole seconds.
    const seen = openSeen(`${room.dbDir}/.update_config`);
    seen.recordTimes([[NAME, { etag, stored: 5, time: T1 }]]);
    seen.close();
    await stored.upload(NAME, NEW, T2);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
    expect(room.modified(NAME)).toEqual(T2);
  });

  it('is compared by the inventory, if that has the version in the store', async () => {
    const { stored, room } = await rooms();
    const etag = await stored.upload(NAME, NEW, T1);
    room.write(NAME, versionImage(1), T2);
    await stored.putInventory('iad', { [NAME]: { etag, time: T1 } });
    await room.run([NAME]);
    expect(stored.asked()).toEqual(['LIST db/', 'LIST inventory/', 'GET inventory/iad.json']);
    expect(provenVersion(room.path(NAME))).toBe(1);
  });

  it('that is neither here nor in the store is counted, not a failure, if no migrations could make it', async () => {
    const { room } = await rooms();
    const ran = await room.run([NAME]);
    expect(ran.counts).toEqual({
      downloaded: 0,
      prepared: 0,
      unchanged: 0,
      'without a database': 1,
      failed: 0,
    });
    expect(ran.events).toContainEqual({ type: 'note', message: expect.stringContaining(NAME) });
    expect(room.files()).toEqual([]);
  });

  it('that is a symbolic link is left alone', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T3);
    const elsewhere = `${room.home}/elsewhere`;
    writeFileSync(elsewhere, versionImage(1));
    utimesSync(elsewhere, T1, T1);
    symlinkSync(elsewhere, room.path(NAME));
    expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1 });
    expect(provenVersion(elsewhere)).toBe(1);
  });

  it('is not requested if no store is configured', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    room.store = null;
    room.write(NAME, versionImage(1), T1);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 0, unchanged: 1 });
  });
});

describe('a log beside a database', () => {
  it('that a deleted database left is never replayed into the new one', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    for (const suffix of ['-wal', '-shm', '-journal']) writeFileSync(room.path(NAME) + suffix, 'stale');
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
    expect(room.files()).toEqual([`${NAME}.sqlite3`]);
    expect(provenVersion(room.path(NAME))).toBe(2);
  });

  it('that a killed run left beside a fetched database is removed', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    await room.run([NAME]);
    writeFileSync(`${room.dbDir}/.${NAME}.sqlite3.0123456789abcdef.fetched`, 'half');
    for (const name of ['other', 'busy'])
      writeFileSync(`${room.dbDir}/.${name}.sqlite3.0123456789abcdef.fetched`, 'half');
    const lock = tryLock(tenantLockPath(`${room.dbDir}/.update_config`, 'busy'));
    await room.run([NAME]);
    lock?.release();
    // Another process is at work on that one.
    expect(room.files()).toEqual(['.busy.sqlite3.0123456789abcdef.fetched', `${NAME}.sqlite3`]);
    await room.run([NAME]);
    expect(room.files()).toEqual([`${NAME}.sqlite3`]);
  });
});

describe('a dry run of the tenants', () => {
  it('says what would be done, and changes nothing on disk', async () => {
    const { stored, room } = await rooms();
    const names = ['2026-a', '2026-b', '2026-c'];
    await stored.upload('2026-a', NEW, T2);
    await stored.upload('2026-b', NEW, T2);
    room.writeLive('2026-b', 1, 'wal', T1);
    room.writeLive('2026-c', 1, 'wal', T1);
    room.migrations('20250101000000');
    const look = () => [readdirSync(room.dbDir), statSync(room.dbDir, { bigint: true }).mtimeNs];
    const before = look();
    const ran = await room.run(names, { dryRun: true });
    expect(ran.items).toEqual([
      `2026-a would-change: would be downloaded (${NEW.length} bytes)`,
      `2026-b would-change: would be downloaded (${NEW.length} bytes)`,
      '2026-c would-change: bin/rails db:prepare would be run: 1 migration pending',
    ]);
    expect(ran.counts).toEqual({ 'to download': 2, 'to prepare': 1, unchanged: 0, failed: 0 });
    expect(look()).toEqual(before);
  });
});
