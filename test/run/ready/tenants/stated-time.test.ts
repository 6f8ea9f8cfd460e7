import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { versionImage } from '../../../support/install/images.ts';
import { Machine } from '../../../support/machine/machine.ts';
import { storeEnvironment } from '../../../support/machine/published.ts';
import { READY } from '../../../support/ready/ready.ts';
import { openStoreRoom } from '../../../support/tenants/store-room.ts';
import { indexImage, T2, T3, TenantRoom } from '../../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const OLD = versionImage(1);
const NEW = versionImage(2);

/** Of a database that was last changed at T1, long before it was uploaded. */
const T1_WRITTEN = [
  '2025-11-19 07:00:00 -0500',
  '2025-11-19T13:00:00+01:00',
  'Wed, 19 Nov 2025 12:00:00 GMT',
  '1763553600',
  '2025-11-19 12:00:00',
  '20251119T120000Z',
];

describe('an older database in the store', () => {
  it.each(T1_WRITTEN)('whose last-modified is %j does not replace a newer local one', async (text) => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, OLD, null, { 'last-modified': text });
    room.write(NAME, NEW, T2);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 0, failed: 0 });
    expect(readFileSync(room.path(NAME))).toEqual(NEW);
  });
});

describe('a database in the store with an unreadable last-modified', () => {
  it('does not count as new by the time of its upload, and the message quotes it', async () => {
    const stored = await openStoreRoom();
    const machine = new Machine({
      ...storeEnvironment(stored.settings),
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
      APP_USER: 'root',
    });
    try {
      await stored.upload(NAME, OLD, null, { 'last-modified': 'the day before yesterday' });
      writeFileSync(machine.path('index.sqlite3'), indexImage([NAME]));
      const path = join(machine.dbDir, `${NAME}.sqlite3`);
      writeFileSync(path, NEW);
      utimesSync(path, T2, T2);
      const { exitCode, stdout } = await machine.run(['--only', 'tenants'], { executable: READY });
      expect(exitCode).toBe(1);
      expect(stdout).toContain('"the day before yesterday" for last-modified, which is not a time');
      expect(readFileSync(path)).toEqual(NEW);
    } finally {
      machine.remove();
    }
  });

  it('is downloaded if there is none here, and over one that was made from an earlier version', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, OLD, null, { 'last-modified': 'some day' });
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    await stored.upload(NAME, NEW, null, { 'last-modified': 'another day' });
    // Both uploads may be of the same second.
    utimesSync(room.path(NAME), T2, T2);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    // Nothing says which of the two is the newer one.
    const copies = readdirSync(room.dbDir).filter((name) => name.includes('.changed-elsewhere-'));
    expect(copies.map((name) => readFileSync(join(room.dbDir, name)))).toEqual([OLD]);
  });

  it('has the time in its inventory', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    const etag = await stored.upload(NAME, NEW, null, { 'last-modified': 'some day' });
    await stored.putInventory('iad', { [NAME]: { etag, time: T3 } });
    room.write(NAME, OLD, T2);
    expect(await room.run([NAME])).toMatchObject({ failures: [], counts: { downloaded: 1 } });
    expect(room.modified(NAME)).toEqual(T3);
  });
});
