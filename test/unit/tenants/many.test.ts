import { describe, expect, it } from 'vitest';
import { versionImage } from '../../support/install/images.ts';
import { openStoreRoom, type StoreRoom } from '../../support/tenants/store-room.ts';
import { T1, T2, T3, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAMES = Array.from({ length: 400 }, (_, at) => `2026-s${String(at).padStart(3, '0')}`);
/** Each costs the same. */
const SOME = NAMES.slice(0, 60);
const FIRST = versionImage(1, { rows: 10 });
/** For what is never downloaded. */
const TINY = Buffer.from('never read');

async function uploadAll(stored: StoreRoom, names: readonly string[], image: Buffer, time: Date) {
  for (const name of names) await stored.upload(name, image, time);
}

/** How many requests of each kind, whatever their order. */
function counted(asked: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of asked) {
    const kind = line.replace(/db\/.+/, 'db/...');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('60 tenants', () => {
  it('cost a listing and a request for each that is new or has changed, and nothing else', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await uploadAll(stored, SOME, FIRST, T1);
    const first = await room.run(SOME);
    expect(first.counts).toEqual({ downloaded: 60, prepared: 0, unchanged: 0, failed: 0 });
    expect(counted(stored.asked())).toEqual({ 'LIST db/': 1, 'GET db/...': 60 });
    expect(first.events.filter(({ type }) => type === 'progress').at(-1)).toEqual({
      type: 'progress',
      step: 'tenants',
      done: 60,
      total: 60,
    });

    const unchanged = await room.run(SOME);
    expect(unchanged.counts).toEqual({ downloaded: 0, prepared: 0, unchanged: 60, failed: 0 });
    expect(unchanged.items).toEqual([]);
    expect(stored.asked()).toEqual(['LIST db/']);

    let time = T2;
    for (const changed of [1, 3, 10]) {
      time = new Date(time.getTime() + 1000);
      const names = SOME.slice(20, 20 + changed);
      await uploadAll(stored, names, versionImage(changed, { rows: 20 }), time);
      expect((await room.run(SOME)).counts).toMatchObject({ downloaded: changed, unchanged: 60 - changed });
      expect(counted(stored.asked())).toEqual({ 'LIST db/': 1, 'GET db/...': changed });
      for (const name of names) expect(room.modified(name)).toEqual(time);
    }

    const many = SOME.slice(0, 20);
    await uploadAll(stored, many, versionImage(5, { rows: 10 }), T3);
    expect((await room.run(SOME)).counts).toMatchObject({ downloaded: 20, unchanged: 40 });
    expect(counted(stored.asked())).toEqual({ 'LIST db/': 1, 'GET db/...': 20 });
  });
});

describe('400 tenants', () => {
  it('that are here already on the first run cost two listings and one inventory', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    const entries: Record<string, { etag: string; time: Date }> = {};
    for (const name of NAMES) {
      entries[name] = { etag: await stored.upload(name, FIRST, T1), time: T1 };
      room.write(name, FIRST, T1);
    }
    await stored.putInventory('iad', entries);
    expect((await room.run(NAMES)).counts).toMatchObject({ downloaded: 0, unchanged: 400 });
    expect(stored.asked()).toEqual(['LIST db/', 'LIST inventory/', 'GET inventory/iad.json']);
    await room.run(NAMES);
    expect(stored.asked()).toEqual(['LIST db/']);
    const etag = await stored.upload(NAMES[7] ?? '', versionImage(2, { rows: 10 }), T2);
    await stored.putInventory('iad', { ...entries, [NAMES[7] ?? '']: { etag, time: T2 } });
    expect((await room.run(NAMES)).counts).toMatchObject({ downloaded: 1, unchanged: 399 });
    expect(counted(stored.asked())).toEqual({ 'LIST db/': 1, 'GET db/...': 1 });
  });

  it('are given up soon if the store answers the listing and nothing else', async () => {
    const stored = await openStoreRoom();
    const room = new TenantRoom(stored.store);
    await uploadAll(stored, NAMES, TINY, T1);
    stored.proxy.plan(({ method, path }) =>
      method === 'GET' && path.includes('/db/') ? { kind: 'answer', status: 403 } : undefined,
    );
    const ran = await room.run(NAMES);
    expect(ran.counts).toEqual({ downloaded: 0, prepared: 0, unchanged: 0, failed: 400 });
    expect(stored.asked().length).toBeLessThan(12);
    const givenUp = ran.failures.filter(({ message }) => message.includes('was not asked any more'));
    expect(givenUp.length).toBeGreaterThan(390);
  });
});
