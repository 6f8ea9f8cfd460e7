import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLocal } from '../../../src/tenants/local-copy.ts';
import { provenVersion, versionImage } from '../../support/install/images.ts';
import { openStoreRoom } from '../../support/tenants/store-room.ts';
import { T1, T2, T3, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';

describe('a database whose killed application has left changes in its log', () => {
  it('keeps its time when its migrations are read, so that a newer one in the store is fetched', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await stored.upload(NAME, versionImage(2), T1);
    room.migrations('20250101000000');
    const path = room.path(NAME);
    spawnSync(process.execPath, [
      'test/support/system/write-and-die.ts',
      path,
      `PRAGMA journal_mode = WAL;
       CREATE TABLE schema_migrations (version);
       INSERT INTO schema_migrations VALUES ('20250101000000')`,
    ]);
    for (const file of [path, `${path}-wal`]) utimesSync(file, T2, T2);
    const log = readFileSync(`${path}-wal`);
    expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1, prepared: 0, failed: 0 });
    expect(readLocal(path)?.modified).toEqual(T2);
    expect(readFileSync(`${path}-wal`)).toEqual(log);
    await stored.upload(NAME, versionImage(3), T3);
    rmSync(join(room.appRoot, 'db'), { recursive: true });
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
    expect(provenVersion(path)).toBe(3);
  });
});
