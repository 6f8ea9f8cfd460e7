import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../../src/database/sqlite.ts';
import { buildIndex } from '../../../support/indexes/indexes.ts';
import { makeLive, provenVersion, versionImage, versionIn } from '../../../support/install/images.ts';
import { READY } from '../../../support/ready/ready.ts';
import { makeGate } from '../../../support/suite/gate.ts';
import { Hammers, stamped } from '../../../support/system/hammers.ts';
import { openStoreRoom } from '../../../support/tenants/store-room.ts';
import { indexImage, T1, T2, T3, TenantRoom } from '../../../support/tenants/tenant-room.ts';

// Processes that never rest share the CPUs with what is tested.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const NAME = '2026-boston';
const NEW = versionImage(2, { rows: 150 });

describe.each(['wal', 'delete'] as const)(
  'a tenant that is served while its database is downloaded (%s)',
  (mode) => {
    it('sees all of the old, then all of the new, and no error, however often', async () => {
      const stored = await openStoreRoom();
      const room = new TenantRoom(stored.store);
      const path = room.path(NAME);
      const base = buildIndex();
      makeLive(path, stamped(base, 0), mode);
      utimesSync(path, T1, T1);
      const hammers = await Hammers.start(path, ['read', 'reopen', 'read'], 6);
      onTestFinished(() => hammers.kill());
      for (let turn = 1; turn <= 12 || !hammers.haveHadEnough; turn++) {
        const time = new Date(T2.getTime() + turn * 1000);
        await stored.upload(NAME, stamped(base, turn), time);
        const ran = await room.run([NAME]);
        expect(ran.failures).toEqual([]);
        expect(ran.counts).toMatchObject({ downloaded: 1 });
        expect(room.modified(NAME)).toEqual(time);
      }
      for (const seen of await hammers.stop()) {
        expect(seen.errors).toEqual([]);
        expect(seen.rounds).toBeGreaterThan(5);
      }
    });

    it('keeps what it writes while the download is under way, and nothing is malformed', async () => {
      const stored = await openStoreRoom();
      const room = new TenantRoom(stored.store);
      const path = room.path(NAME);
      await stored.upload(NAME, NEW, T2);
      room.writeLive(NAME, 1, mode, T1);
      const tenant = openDatabase(path, { fileMustExist: true });
      expect(versionIn(tenant)).toBe(1);
      // The store's answer is on its way when the tenant writes.
      stored.proxy.plan(({ method, path: asked }) => {
        if (method === 'GET' && asked.includes('/db/'))
          tenant.exec("INSERT INTO notes (text) VALUES ('mine')");
        return undefined;
      });
      expect((await room.run([NAME])).counts).toEqual({
        downloaded: 0,
        prepared: 0,
        unchanged: 1,
        failed: 0,
      });
      expect(tenant.prepare('SELECT text FROM notes').pluck().all()).toEqual(['mine']);
      tenant.close();
      expect(provenVersion(path)).toBe(1);
      expect(room.files()).toEqual([`${NAME}.sqlite3`]);
    });

    it('sees the download in a database that it opened when it was empty', async () => {
      const stored = await openStoreRoom();
      const room = new TenantRoom(stored.store);
      await stored.upload(NAME, NEW, T2);
      writeFileSync(room.path(NAME), '');
      const tenant = openDatabase(room.path(NAME), { fileMustExist: true });
      expect(tenant.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(0);
      await room.run([NAME]);
      expect(versionIn(tenant)).toBe(2);
      tenant.close();
    });
  },
);

describe('a database that was changed here since it was downloaded', () => {
  it('is kept beside when the store has a newer one', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(1), T1);
    await room.run([NAME]);
    const tenant = openDatabase(room.path(NAME));
    tenant.exec("INSERT INTO notes (text) VALUES ('mine')");
    tenant.close();
    utimesSync(room.path(NAME), T2, T2);
    await stored.upload(NAME, NEW, T3);
    const ran = await room.run([NAME]);
    expect(ran.counts).toMatchObject({ downloaded: 1 });
    expect(provenVersion(room.path(NAME))).toBe(2);
    const kept = room.files().find((file) => file.includes('.changed-elsewhere-')) ?? '';
    expect(ran.items[0]).toContain(kept);
    const copy = openDatabase(join(room.dbDir, kept), { readonly: true });
    expect(copy.prepare('SELECT text FROM notes').pluck().all()).toEqual(['mine']);
    copy.close();
  });

  it('is kept beside even if it equalled the store’s before this program ever ran', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(1), T1);
    room.writeLive(NAME, 1, 'wal', T1);
    expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1 });
    const tenant = openDatabase(room.path(NAME));
    tenant.exec("INSERT INTO notes (text) VALUES ('mine')");
    tenant.close();
    await stored.upload(NAME, NEW, new Date(Date.now() + 60_000));
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    const kept = room.files().find((file) => file.includes('.changed-elsewhere-')) ?? 'none';
    const copy = openDatabase(join(room.dbDir, kept), { readonly: true });
    expect(copy.prepare('SELECT text FROM notes').pluck().all()).toEqual(['mine']);
    copy.close();
  });

  it('is not kept when it was not changed since then', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(1), T1);
    room.writeLive(NAME, 1, 'wal', T1);
    await room.run([NAME]);
    await stored.upload(NAME, NEW, T2);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    expect(room.files()).toEqual([`${NAME}.sqlite3`]);
  });

  it('is not replaced by the version that it grew from, whatever time that claims to have', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(1), new Date(Date.now() + 24 * 3_600_000));
    await room.run([NAME]);
    const tenant = openDatabase(room.path(NAME));
    tenant.exec("INSERT INTO notes (text) VALUES ('mine')");
    tenant.close();
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 0, unchanged: 1 });
    const again = openDatabase(room.path(NAME));
    expect(again.prepare('SELECT text FROM notes').pluck().all()).toEqual(['mine']);
    again.close();
  });

  it('is replaced by that version if an older file was put there', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, NEW, T2);
    await room.run([NAME]);
    room.write(NAME, versionImage(1), T1);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
    expect(provenVersion(room.path(NAME))).toBe(2);
  });
});

describe('several simultaneous processes', () => {
  it('download each database once', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    const names = Array.from({ length: 6 }, (_, at) => `2026-s${at}`);
    for (const name of names) await stored.upload(name, NEW, T2);
    writeFileSync(room.path('index'), indexImage(names));
    // The first answers are held back until all of them have asked for something.
    const gate = makeGate();
    let lists = 0;
    stored.proxy.plan(async ({ path }) => {
      if (path.includes('prefix=db')) lists += 1;
      if (lists === 3) gate.open();
      await gate.opened;
      return undefined;
    });
    const children = [1, 2, 3].map((number) => {
      // Hooks of one app root share their work; those of several have a volume in common.
      const appRoot = join(room.home, `app${number}`);
      mkdirSync(appRoot);
      const env = { ...room.storeEnv(stored.settings), APP_ROOT: appRoot };
      return spawn(READY, ['--only', 'tenants'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    });
    const ends = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(ends.map(([code]) => code)).toEqual([0, 0, 0]);
    expect(
      stored
        .asked()
        .filter((line) => line.startsWith('GET'))
        .sort(),
    ).toEqual(names.map((name) => `GET db/${name}.sqlite3`));
    for (const name of names) {
      expect(provenVersion(room.path(name))).toBe(2);
      expect(statSync(room.path(name)).mtime).toEqual(T2);
    }
  });
});
