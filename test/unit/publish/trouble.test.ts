import { lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readFleetHistory } from '../../../src/journal/fleet-history.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { Admin } from '../../support/publish/admin.ts';

let published: Published;
let admin: Admin;
beforeEach(async () => {
  published = await startPublished();
  admin = new Admin(published.store, 'ada@office');
});
afterEach(async () => {
  admin.remove();
  await published.close();
});

it('an index that is not a database is not published, and the hint is for the publishing host', async () => {
  writeFileSync(admin.indexPath, 'no database');
  const rejected = expect(admin.publish()).rejects;
  await rejected.toMatchObject({
    code: 'index-invalid',
    hint: expect.stringMatching(/^Nothing was published\. /),
  });
});

it('a journal that cannot be read does not count as that of a host that never published', async () => {
  admin.put(buildIndex(), '2026-01-02T03:04:05Z');
  mkdirSync(join(admin.dbDir, '.update_config'));
  const path = join(admin.dbDir, '.update_config', 'journal.db');
  symlinkSync(path, path);
  await expect(admin.publish({ dryRun: true })).rejects.toMatchObject({ code: 'disk' });
  await expect(readFleetHistory(admin.dbDir, 1)).rejects.toMatchObject({ code: 'disk' });
});

it('the files of a publication are private to their owner', async () => {
  admin.put(buildIndex(), '2026-01-02T03:04:05Z');
  await admin.publish();
  const state = join(admin.dbDir, '.update_config');
  const { mode, uid } = lstatSync(state);
  expect([mode & 0o777, uid]).toEqual([0o700, process.geteuid?.()]);
  expect(readdirSync(state)).toContain('publish.lock');
});

it('a dry run of a publication without a temporary directory says so', async () => {
  admin.put(buildIndex(), '2026-01-02T03:04:05Z');
  vi.stubEnv('TMPDIR', join(admin.dbDir, 'none'));
  try {
    const rejected = expect(admin.publish({ dryRun: true })).rejects;
    await rejected.toMatchObject({ code: 'disk', hint: expect.stringContaining('TMPDIR') });
  } finally {
    vi.unstubAllEnvs();
  }
});
