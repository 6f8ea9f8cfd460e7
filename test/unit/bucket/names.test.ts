import { describe, expect, it } from 'vitest';
import { updateInventory } from '../../../src/bucket/inventory-update.ts';
import {
  databaseKey,
  databaseName,
  isFarAhead,
  renderTime,
  statedDigest,
  wholeSeconds,
} from '../../../src/bucket/object-names.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';

type PutOptions = Parameters<ObjectStore['put']>[2];

const HOUR = 3_600_000;

describe('the key of a database', () => {
  it('is below db, and gives its name back', () => {
    expect(databaseKey('2025-boston')).toBe('db/2025-boston.sqlite3');
    expect(databaseName('db/2025-boston.sqlite3')).toBe('2025-boston');
  });

  it.each(['db/.sqlite3', 'db/a/b.sqlite3', 'db/a.sqlite3.bak', 'db/a', 'inventory/a.sqlite3', 'a.sqlite3'])(
    'is not %s',
    (key) => expect(databaseName(key)).toBe(null),
  );
});

it('a time is far ahead from a day and an hour on, by all clocks, and not at that', () => {
  const now = new Date('2026-01-02T03:04:05Z');
  const ahead = (ms: number) => isFarAhead(new Date(now.getTime() + ms), now);
  expect([ahead(25 * HOUR), ahead(25 * HOUR + 1), ahead(-HOUR)]).toEqual([false, true, false]);
});

it('times are written with their milliseconds, if there are any, and compared to the second', () => {
  expect(renderTime(new Date('2026-01-02T03:04:05Z'))).toBe('2026-01-02 03:04:05 UTC');
  expect(renderTime(new Date('2026-01-02T03:04:05.060Z'))).toBe('2026-01-02 03:04:05.060 UTC');
  expect(renderTime(new Date('2026-01-02T03:04:00.000Z'))).toBe('2026-01-02 03:04:00 UTC');
  expect([1999, 2000, -1].map((ms) => wholeSeconds(new Date(ms)))).toEqual([1, 2, -1]);
});

it('a digest is given only if it is known', () => {
  const object = { key: 'k', etag: '"e"', size: 1, modified: new Date(0) };
  expect(statedDigest({ ...object, metadata: {} })).toBe(null);
  expect(statedDigest({ ...object, metadata: { 'image-digest': '' } })).toBe(null);
  expect(statedDigest({ ...object, metadata: { 'image-digest': 'd' } })).toBe('d');
});

describe('an inventory with an entry of the same time as a new fact', () => {
  const TIME = new Date('2026-01-02T03:04:05Z');
  const ENTRY = { etag: '"e1"', date: '2026-05-01', last_modified: '2026-01-02 03:04:05 UTC', by: 'x' };

  /** What is written, and on what condition; null for nothing. */
  async function written(entry: object | null, fact: object = {}) {
    const puts: { text: string; options: PutOptions }[] = [];
    const bytes = Buffer.from(JSON.stringify({ '2026-boston.sqlite3': entry }));
    const object = { key: 'k', etag: '"i1"', size: bytes.length, modified: TIME, metadata: {} };
    const store = {
      get: async () => (entry ? { kind: 'found', object, bytes } : { kind: 'missing' }),
      put: async (_: string, text: Buffer, options: PutOptions) => {
        puts.push({ text: text.toString(), options });
        return { kind: 'stored', etag: '"i2"' };
      },
    } as unknown as ObjectStore;
    const facts = [{ name: '2026-boston', etag: '"e1"', time: TIME, date: '2026-05-01', ...fact }];
    const { changed } = await updateInventory(store, 'iad', facts);
    const [put] = puts;
    expect([changed, puts.length]).toEqual([put !== undefined, put ? 1 : 0]);
    return put ? { entry: JSON.parse(put.text)['2026-boston.sqlite3'], ...put.options.condition } : null;
  }

  it('is left alone if it has all of it', async () => {
    expect(await written(ENTRY)).toBe(null);
    expect(await written({ ...ENTRY, etag: 'e1' })).toBe(null);
  });

  it('is corrected if it has another object, another date or another time', async () => {
    const corrected = { entry: ENTRY, replaces: '"i1"' };
    expect(await written({ ...ENTRY, etag: '"other"' })).toEqual(corrected);
    expect(await written({ ...ENTRY, date: null })).toEqual(corrected);
    expect(await written({ ...ENTRY, last_modified: '2026-01-02 03:04:04 UTC' })).toEqual(corrected);
    expect(await written(ENTRY, { date: null })).toEqual({
      entry: { ...ENTRY, date: null },
      replaces: '"i1"',
    });
  });

  it('stays where it is far ahead of the clock, but not of what is to be entered', async () => {
    const ahead = (hours: number) => new Date(Date.now() + hours * HOUR);
    const before = { ...ENTRY, etag: '"old"', last_modified: renderTime(ahead(40)) };
    expect(await written(before, { time: ahead(30) })).toBe(null);
    expect(await written(before, { time: ahead(14) })).toMatchObject({ entry: { etag: '"e1"' } });
  });

  it('is made on the condition that there is none', async () => {
    const { by: _, ...entry } = ENTRY;
    expect(await written(null)).toEqual({ entry, replaces: 'nothing' });
  });
});
