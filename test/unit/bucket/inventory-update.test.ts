import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InventoryFact, updateInventory } from '../../../src/bucket/inventory-update.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { type FaultProxy, never, startFaultProxy } from '../../support/store/fault-proxy.ts';

let published: Published;
let proxy: FaultProxy;
let store: ObjectStore;

beforeEach(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
  store = createStore({ ...published.settings, endpoint: proxy.endpoint });
});

afterEach(async () => {
  await proxy.close();
  await published.close();
});

const fact = (name: string, etag = '"e1"', second = 10): InventoryFact => ({
  name,
  etag,
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
  date: '2026-05-01',
});
const entry = (etag = '"e1"', second = 10) => ({
  etag,
  date: '2026-05-01',
  last_modified: `2026-01-01 00:00:${second} UTC`,
});

async function stand(text: string): Promise<void> {
  await published.store.put('inventory/iad.json', Buffer.from(text), {
    condition: { replaces: 'anything' },
    metadata: {},
    contentType: 'application/json',
  });
}

async function read(region = 'iad'): Promise<unknown> {
  const got = await published.store.get(`inventory/${region}.json`, { maxBytes: 1e8 });
  return got.kind === 'found' ? JSON.parse(got.bytes.toString()) : null;
}

describe('an inventory', () => {
  it('is made where there is none, as the other programs write it', async () => {
    expect(await updateInventory(store, 'iad', [fact('2026-boston')])).toEqual({
      changed: true,
      wasBroken: false,
    });
    const got = await published.store.get('inventory/iad.json', { maxBytes: 1e6 });
    expect(got.kind === 'found' && got.bytes.toString()).toBe(
      '{\n  "2026-boston.sqlite3": {\n    "etag": "\\"e1\\"",\n    "date": "2026-05-01",\n    "last_modified": "2026-01-01 00:00:10 UTC"\n  }\n}',
    );
  });

  it('keeps the entries of others, and unknown fields', async () => {
    const foreign = {
      '2025-other.sqlite3': { etag: '"o"', date: null, last_modified: '2025-01-01 00:00:00.123456789 UTC' },
      'not an entry': [1, { deep: null }],
      __proto__x: 'text',
      '2026-boston.sqlite3': { ...entry('"old"', 9), checked_by: 'another program' },
    };
    await stand(JSON.stringify(foreign).replace('__proto__x', '__proto__'));
    await updateInventory(store, 'iad', [fact('2026-boston')]);
    const found = (await read()) as Record<string, unknown>;
    expect(Object.keys(found)).toEqual([
      '2025-other.sqlite3',
      'not an entry',
      '__proto__',
      '2026-boston.sqlite3',
    ]);
    expect(found['2025-other.sqlite3']).toEqual(foreign['2025-other.sqlite3']);
    expect(found['not an entry']).toEqual(foreign['not an entry']);
    expect(found['2026-boston.sqlite3']).toEqual({ ...entry(), checked_by: 'another program' });
  });

  it('is not written when it says all of it already, with or without quotes in its ETags', async () => {
    for (const etag of ['"e1"', 'e1']) {
      await stand(JSON.stringify({ '2026-boston.sqlite3': entry(etag) }));
      proxy.plan(never);
      expect(await updateInventory(store, 'iad', [fact('2026-boston')])).toMatchObject({ changed: false });
      expect(proxy.requests.map(({ method }) => method)).toEqual(['GET']);
    }
  });

  it('keeps an entry that is newer than what is to be entered', async () => {
    await stand(JSON.stringify({ '2026-boston.sqlite3': entry('"newer"', 30) }));
    expect(await updateInventory(store, 'iad', [fact('2026-boston')])).toMatchObject({ changed: false });
  });

  it('does not keep an entry that says its database was changed in 9999', async () => {
    const absurd = { ...entry('"absurd"'), last_modified: '9999-12-31 00:00:00 UTC' };
    await stand(JSON.stringify({ '2026-boston.sqlite3': absurd }));
    expect(await updateInventory(store, 'iad', [fact('2026-boston')])).toMatchObject({ changed: true });
    expect(await read()).toEqual({ '2026-boston.sqlite3': entry() });
  });

  it.each([
    ['{"2026-boston.sqlite3": {"etag', 'cut short'],
    ['[]', 'a list'],
    ['null', 'null'],
    ['', 'empty'],
    ['\u0000\u0001\ud800', 'no text'],
  ])('that is not an inventory is replaced by a new one, with a warning: %j (%s)', async (text) => {
    await stand(text);
    expect(await updateInventory(store, 'iad', [fact('2026-boston')])).toEqual({
      changed: true,
      wasBroken: true,
    });
    expect(await read()).toEqual({ '2026-boston.sqlite3': entry() });
  });

  it.each(['null', '"text"', '7', '[]', '{}', '{"etag": 5}', '{"etag": "e1", "last_modified": "yesterday"}'])(
    'with a bad entry, %s, gets a good one in its place',
    async (bad) => {
      await stand(`{"2026-boston.sqlite3": ${bad}}`);
      await updateInventory(store, 'iad', [fact('2026-boston')]);
      expect(await read()).toEqual({ '2026-boston.sqlite3': entry() });
    },
  );

  it('has the entries of all twelve writers that write at once', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `2026-studio-${at}`);
    await Promise.all(names.map((name) => updateInventory(published.store, 'iad', [fact(name)])));
    expect(Object.keys((await read()) as object).sort()).toEqual(
      names.map((name) => `${name}.sqlite3`).sort(),
    );
  });

  it('is read and merged again each time that another writer was faster', async () => {
    let faster = 0;
    proxy.plan(async ({ method }) => {
      if (method === 'PUT' && faster < 3) {
        faster += 1;
        await updateInventory(published.store, 'iad', [fact(`faster-${faster}`)]);
      }
      return undefined;
    });
    await updateInventory(store, 'iad', [fact('2026-boston')]);
    expect(Object.keys((await read()) as object)).toHaveLength(4);
  });

  it('is given up if another writer is faster every time', async () => {
    let faster = 0;
    proxy.plan(async ({ method }) => {
      if (method === 'PUT') await stand(`{"round": ${faster++}}`);
      return undefined;
    });
    await expect(updateInventory(store, 'iad', [fact('2026-boston')])).rejects.toMatchObject({
      code: 'changed-elsewhere',
      message: expect.stringContaining('inventory/iad.json was written by others'),
    });
  });
});
