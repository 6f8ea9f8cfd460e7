import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { altered, buildIndex, soundWith } from '../../support/indexes/indexes.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { Admin } from '../../support/publish/admin.ts';

const KEY = 'db/index.sqlite3';
const FIRST = '2024-03-01T10:00:00Z';
const LATER = '2024-03-02T10:00:00Z';
const LAST = '2024-03-03T10:00:00Z';

const withEvent = (key: string) =>
  soundWith({ showcases: [{ id: 2, year: 2025, key, name: key, order: 2, location_id: 1 }] });

let published: Published;
const admins: Admin[] = [];

const admin = (by: string, index: Buffer, at: string): Admin => {
  const one = new Admin(published.store, by);
  one.put(index, at);
  admins.push(one);
  return one;
};

async function objectNow() {
  const head = await published.store.head(KEY);
  return head.kind === 'found' ? head.object : null;
}

beforeEach(async () => {
  published = await startPublished();
});
afterEach(async () => {
  for (const one of admins.splice(0)) one.remove();
  await published.close();
});

describe('a publication', () => {
  it('stores a first index with its time, its publisher, and an entry in the inventory', async () => {
    const ada = admin('ada@office', buildIndex(), '2024-03-01T10:00:00.250Z');
    const outcome = await ada.publish();
    expect(outcome).toMatchObject({
      kind: 'published',
      index: { by: 'ada@office', time: '2024-03-01T10:00:00.250Z' },
    });
    const object = await objectNow();
    expect(object?.metadata).toMatchObject({
      'last-modified': '2024-03-01 10:00:00.250 UTC',
      'published-by': 'ada@office',
    });
    const inventory = await published.store.get('inventory/index.json', { maxBytes: 9999 });
    expect(inventory.kind === 'found' && JSON.parse(inventory.bytes.toString())).toEqual({
      'index.sqlite3': { etag: object?.etag, date: null, last_modified: '2024-03-01 10:00:00.250 UTC' },
    });
    expect(readdirSync(join(ada.dbDir, '.update_config')).sort()).toEqual([
      'journal.db',
      'publish.lock',
      'published',
    ]);
  });

  it('sends nothing when the store has these very rows already', async () => {
    const ada = admin('ada@office', buildIndex(), FIRST);
    await ada.publish();
    const before = await objectNow();
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged', index: { etag: before?.etag } });
    expect(await objectNow()).toEqual(before);
  });

  it('accepts as equal an index that earlier tools published as a different file', async () => {
    const etag = await published.publish(
      altered(buildIndex(), 'PRAGMA user_version = 1', 'PRAGMA user_version = 0'),
    );
    const ada = admin('ada@office', buildIndex(), FIRST);
    expect(await ada.publish()).toMatchObject({ kind: 'unchanged', index: { etag } });
  });

  it('accepts as equal an index with the same rows, however SQLite has laid them out', async () => {
    const laidOut = altered(withEvent('gala'), 'CREATE TABLE x AS SELECT zeroblob(9999)', 'DROP TABLE x');
    const ada = admin('ada@office', withEvent('gala'), FIRST);
    await ada.publish();
    const before = await objectNow();
    const bob = admin('bob@home', laidOut, LATER);
    expect(await bob.publish()).toMatchObject({ kind: 'unchanged', index: { etag: before?.etag } });
    expect(await objectNow()).toEqual(before);
    bob.put(withEvent('ball'), LAST);
    expect(await bob.publish()).toMatchObject({ kind: 'published' });
  });

  it('replaces what it published last when the index has changed since', async () => {
    const ada = admin('ada@office', buildIndex(), FIRST);
    await ada.publish();
    ada.put(withEvent('gala'), LATER);
    expect(await ada.publish()).toMatchObject({
      kind: 'published',
      index: { time: '2024-03-02T10:00:00.000Z' },
    });
    expect((await objectNow())?.metadata['last-modified']).toBe('2024-03-02 10:00:00 UTC');
  });

  it('replaces an index of earlier tools, unless that is newer to the second', async () => {
    await published.publish(buildIndex(), new Date('2024-03-02T10:00:00.900Z'));
    const ada = admin('ada@office', withEvent('gala'), FIRST);
    expect(await ada.publish()).toMatchObject({ kind: 'changed-elsewhere', theirs: { by: null } });
    ada.put(withEvent('gala'), LATER);
    expect(await ada.publish()).toMatchObject({ kind: 'published' });
  });

  it('says to the second of two administrators who was first, when, and what differs, and changes nothing', async () => {
    const ada = admin('ada@office', buildIndex(), FIRST);
    await ada.publish();
    const bob = admin('bob@home', buildIndex(), FIRST);
    expect(await bob.publish()).toMatchObject({ kind: 'unchanged' });
    ada.put(withEvent('gala'), LATER);
    await ada.publish();
    const first = await objectNow();
    bob.put(withEvent('ball'), LAST);
    expect(await bob.publish()).toEqual({
      kind: 'changed-elsewhere',
      theirs: {
        etag: first?.etag,
        sha256: first?.metadata['sha256'],
        digest: first?.metadata['image-digest'],
        size: first?.size,
        time: '2024-03-02T10:00:00.000Z',
        publishedAt: first?.modified.toISOString(),
        by: 'ada@office',
      },
      differences: ['event 2025/boston/gala: only in theirs', 'event 2025/boston/ball: only in ours'],
    });
    expect(await objectNow()).toEqual(first);
  });

  it('never goes by time alone over what another administrator published', async () => {
    await admin('ada@office', withEvent('gala'), FIRST).publish();
    const bob = admin('bob@home', withEvent('ball'), LAST);
    expect(await bob.publish()).toMatchObject({ kind: 'changed-elsewhere', theirs: { by: 'ada@office' } });
  });

  it('replaces the index that the administrator has seen, with a newer time, and no other', async () => {
    const ada = admin('ada@office', withEvent('gala'), LATER);
    await ada.publish();
    const bob = admin('bob@home', withEvent('ball'), FIRST);
    const told = await bob.publish();
    if (told.kind !== 'changed-elsewhere') throw new Error(told.kind);
    ada.put(withEvent('tea'), LAST);
    await ada.publish();
    expect(await bob.publish({ replaces: told.theirs.etag })).toMatchObject({ kind: 'changed-elsewhere' });
    const seen = (await objectNow())?.etag ?? '';
    expect(await bob.publish({ replaces: seen.replaceAll('"', '') })).toMatchObject({
      kind: 'published',
      index: { time: '2024-03-03T10:00:01.000Z' },
    });
    expect(await ada.publish()).toMatchObject({ kind: 'changed-elsewhere', theirs: { by: 'bob@home' } });
  });

  it('refuses an index older than the one that it published itself', async () => {
    const ada = admin('ada@office', withEvent('gala'), LATER);
    await ada.publish();
    ada.put(buildIndex(), FIRST);
    await expect(ada.publish()).rejects.toMatchObject({ code: 'index-older' });
    const etag = (await objectNow())?.etag ?? '';
    expect(await ada.publish({ replaces: etag })).toMatchObject({ kind: 'published' });
  });

  it('is only announced in a dry run, which leaves no trace', async () => {
    const ada = admin('ada@office', buildIndex(), FIRST);
    expect(await ada.publish({ dryRun: true })).toMatchObject({ kind: 'would-publish' });
    expect(await objectNow()).toBeNull();
    expect(readdirSync(ada.dbDir)).toEqual(['index.sqlite3']);
  });

  it('says in a dry run what would change in the store, and whose index would go', async () => {
    const ada = admin('ada@office', buildIndex(), FIRST);
    expect(await ada.publish({ dryRun: true })).toMatchObject({ replaces: null, differences: [] });
    await ada.publish();
    ada.put(withEvent('gala'), LATER);
    expect(await ada.publish({ dryRun: true })).toMatchObject({
      kind: 'would-publish',
      replaces: { by: 'ada@office', etag: (await objectNow())?.etag },
      differences: ['event 2025/boston/gala: added'],
    });
  });
});
