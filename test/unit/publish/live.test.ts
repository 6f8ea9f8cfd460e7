/** The application goes on writing to the index while it is published. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { newRunId } from '../../../src/run-id.ts';
import { buildIndex, soundWith } from '../../support/indexes/indexes.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { Admin } from '../../support/publish/admin.ts';
import { Hammers, stamped } from '../../support/system/hammers.ts';

// Processes that never rest share the CPUs with what is tested.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const KEY = 'db/index.sqlite3';

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

async function inStore<T>(look: (db: ReturnType<typeof openImage>) => T): Promise<T> {
  const got = await published.store.get(KEY, { maxBytes: 2 ** 24 });
  if (got.kind !== 'found') throw new Error(got.kind);
  const db = openImage(got.bytes);
  try {
    return look(db);
  } finally {
    db.close();
  }
}

/** What the rows of a live index say at the moment. */
function stampOf(path: string): string {
  const db = openDatabase(path, { readonly: true, busyTimeoutMs: 600_000 });
  try {
    return db.prepare<[], string>('SELECT name FROM showcases').pluck().get() ?? '';
  } finally {
    db.close();
  }
}

it.each(['delete', 'wal'])(
  'a published index is consistent in journal mode %s under two writers',
  async (mode) => {
    admin.put(stamped(makeSampleIndex(), 0), new Date().toISOString());
    openDatabase(admin.indexPath).exec(`PRAGMA journal_mode = ${mode}`).close();
    const hammers = await Hammers.start(admin.indexPath, ['write', 'write', 'read'], 2);
    const stamps = new Set<string>();
    try {
      for (let round = 0; round < 8 || !hammers.haveHadEnough; round++) {
        // Else there would be nothing to publish.
        while (stamps.has(stampOf(admin.indexPath))) await nextTurn();
        expect((await admin.publish()).kind).toBe('published');
        const found = await inStore((db) => {
          expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
          return db
            .prepare<[], string>('SELECT DISTINCT name FROM showcases UNION SELECT DISTINCT name2 FROM users')
            .pluck()
            .all();
        });
        expect(found).toHaveLength(1);
        stamps.add(found[0] ?? '');
      }
      for (const { errors, rounds } of await hammers.stop()) {
        expect(errors).toEqual([]);
        expect(rounds).toBeGreaterThan(1);
      }
    } finally {
      hammers.kill();
    }
    expect(stamps.size).toBeGreaterThan(1);
  },
);

it('changes that are only in the write-ahead log are published, with their time', async () => {
  admin.put(buildIndex(), '2026-01-02T03:04:05Z');
  const began = Date.now();
  const db = openDatabase(admin.indexPath);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE locations SET name = 'New'`);
  const outcome = await admin.publish();
  db.close();
  expect(await inStore((image) => image.prepare('SELECT name FROM locations').pluck().get())).toBe('New');
  expect(outcome).toMatchObject({ kind: 'published' });
  if (outcome.kind === 'published') expect(Date.parse(outcome.index.time)).toBeGreaterThan(began - 1000);
});

it('an index that stays locked is not published, and the failure says what to do', async () => {
  admin.put(buildIndex(), '2026-01-02T03:04:05Z');
  const db = openDatabase(admin.indexPath).exec('BEGIN EXCLUSIVE');
  await expect(admin.publish()).rejects.toMatchObject({ code: 'lock-timeout' });
  db.close();
  expect(await published.store.head(KEY)).toEqual({ kind: 'missing' });
});

it('a publication removes the copies of killed runs, and nothing else', async () => {
  admin.put(buildIndex(), '2026-01-02T03:04:05Z');
  await admin.publish();
  const state = join(admin.dbDir, '.update_config');
  writeFileSync(join(state, `.index.sqlite3.${newRunId()}.staged`), 'left');
  writeFileSync(join(state, `.index.sqlite3.${newRunId()}.staged-journal`), 'left');
  writeFileSync(join(state, 'of-somebody-else'), '');
  await admin.publish();
  expect(readdirSync(state).sort()).toEqual(['journal.db', 'of-somebody-else', 'publish.lock', 'published']);
});

it('an index that this host fetched and changed replaces the one that it was fetched from', async () => {
  const bob = new Admin(published.store, 'bob@home');
  try {
    bob.put(buildIndex(), '2026-01-02T03:04:05Z');
    await bob.publish();
    const head = await published.store.head(KEY);
    if (head.kind !== 'found') throw new Error(head.kind);
    const { acquireJournal } = await import('../../../src/journal/journal.ts');
    const journal = await acquireJournal({ dbDir: admin.dbDir, timeoutMs: 1000 });
    const time = new Date('2026-01-02T03:04:05.000Z');
    const facts = { sha256: '', size: 1, time, source: 'store' } as const;
    journal.setInstalled({ ...facts, etag: head.object.etag, digest: '', held: false });
    journal.close();
    const more = soundWith({ showcases: [{ id: 2, year: 2025, key: 'gala', name: 'x', location_id: 1 }] });
    admin.put(more, '2026-01-03T03:04:05Z');
    expect(await admin.publish()).toMatchObject({ kind: 'published' });
  } finally {
    bob.remove();
  }
});
