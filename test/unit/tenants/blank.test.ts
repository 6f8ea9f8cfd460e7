import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { provenVersion, versionImage, versionIn } from '../../support/install/images.ts';
import { openStoreRoom } from '../../support/tenants/store-room.ts';
import { T2, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';

/** What an application makes of a missing file by asking for a write-ahead log: one page, and nothing in it. */
function openBlank(room: TenantRoom, pageSize: number): Database {
  const db = openDatabase(room.path(NAME));
  db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL`);
  expect(statSync(room.path(NAME)).size).toBe(pageSize);
  return db;
}

describe('a local database without anything in it, later than the store’s', () => {
  it.each([512, 4096, 65536])(
    'counts as empty and is downloaded, not prepared: pages of %d',
    async (size) => {
      const stored = await openStoreRoom();
      const room = new TenantRoom(stored.store);
      await stored.upload(NAME, versionImage(2), T2);
      room.migrations('20250101000000');
      room.env['READY_PREPARE_COMMAND'] = room.program(
        'bin/prepare',
        `exec node -e "new (require('node:sqlite').DatabaseSync)(process.env.DATABASE_URL.slice(10)).exec('CREATE TABLE schema_migrations (version); INSERT INTO schema_migrations VALUES (20250101000000)')"`,
      );
      openBlank(room, size).close();
      const ran = await room.run([NAME]);
      expect(ran.counts).toMatchObject({ downloaded: 1, failed: 0 });
      expect(provenVersion(room.path(NAME))).toBe(2);
    },
  );

  it('is filled in place while an application has it open, and gets the time of its content', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(2), T2);
    const open = openBlank(room, 4096);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    expect(versionIn(open)).toBe(2);
    open.close();
    expect(room.modified(NAME)).toEqual(T2);
  });

  it('is left alone once it has any content, even only in its log', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(2), T2);
    const open = openBlank(room, 4096);
    open.exec('CREATE TABLE mine (id INTEGER)');
    expect(statSync(room.path(NAME)).size).toBe(4096);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 0, unchanged: 1, failed: 0 });
    expect(open.prepare('SELECT count(*) FROM mine').pluck().get()).toBe(0);
    open.close();
  });
});
