import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRemotes } from '../../../src/tenants/remote.ts';
import { openSeen, type SeenDatabases } from '../../../src/tenants/seen.ts';
import { s3Error } from '../../support/store/fault-proxy.ts';
import { openStoreRoom } from '../../support/tenants/store-room.ts';

const T1 = new Date('2025-11-19T12:00:00Z');
const T2 = new Date('2025-11-19T13:00:00.500Z');

function memory(): SeenDatabases {
  const home = mkdtempSync(join(tmpdir(), 'remote-'));
  const seen = openSeen(home);
  onTestFinished(() => {
    seen.close();
    rmSync(home, { recursive: true });
  });
  return seen;
}

const BOSTON = { name: '2025-boston', region: 'iad' };
const LIMA = { name: '2025-lima', region: null };
const OPTIONS = { concurrency: 4 };

describe('the listing of the store’s databases', () => {
  it('costs one request if this machine knows all versions', async () => {
    const room = await openStoreRoom();
    const seen = memory();
    const etag = await room.upload('2025-boston', Buffer.from('boston'), T2);
    await readRemotes(room.store, [BOSTON], seen, OPTIONS);
    room.asked();
    const remotes = await readRemotes(room.store, [BOSTON, LIMA], seen, OPTIONS);
    expect([...remotes]).toEqual([['2025-boston', { etag, size: 6, time: T2, exact: true }]]);
    expect(room.asked()).toEqual(['LIST db/']);
  });

  it('needs nothing more for a version that the local one was made from', async () => {
    const room = await openStoreRoom();
    const seen = memory();
    const etag = await room.upload('2025-boston', Buffer.from('boston'), T2);
    seen.record('2025-boston', { etag, time: T1, digest: null });
    const remotes = await readRemotes(room.store, [BOSTON], seen, { ...OPTIONS, roughly: () => true });
    expect([...remotes]).toEqual([['2025-boston', { etag, size: 6, time: T1, exact: true }]]);
    expect(room.asked()).toEqual(['LIST db/']);
  });

  it('takes times from the inventories of the regions in question, and reads each of their versions once', async () => {
    const room = await openStoreRoom();
    const seen = memory();
    const boston = await room.upload('2025-boston', Buffer.from('boston'), T1);
    const lima = await room.upload('2025-lima', Buffer.from('lima'), T1);
    await room.putInventory('iad', { '2025-boston': { etag: boston, time: T2 } });
    await room.putInventory('index', { '2025-lima': { etag: lima, time: T2 } });
    await room.putInventory('syd', { '2025-boston': { etag: boston, time: T1 } });
    const remotes = await readRemotes(room.store, [BOSTON, LIMA], seen, OPTIONS);
    expect([...remotes.values()].map(({ time }) => time)).toEqual([T2, T2]);
    expect(room.asked()).toEqual([
      'LIST db/',
      'LIST inventory/',
      'GET inventory/iad.json',
      'GET inventory/index.json',
    ]);
    await readRemotes(room.store, [BOSTON, LIMA], seen, OPTIONS);
    expect(room.asked()).toEqual(['LIST db/']);
    await room.upload('2025-boston', Buffer.from('more of boston'), T2);
    await readRemotes(room.store, [BOSTON, LIMA], seen, OPTIONS);
    expect(room.asked()).toEqual(['LIST db/', 'LIST inventory/', 'HEAD db/2025-boston.sqlite3']);
  });

  it('uses an inventory only for the version in it, and else asks the object', async () => {
    const began = Date.now();
    const room = await openStoreRoom();
    const etag = await room.upload('2025-boston', Buffer.from('boston'), T1);
    await room.upload('2025-lima', Buffer.from('lima'), null);
    await room.putInventory('iad', { '2025-boston': { etag: '"an older one"', time: T2 } });
    const seen = memory();
    const remotes = await readRemotes(room.store, [BOSTON, LIMA], seen, OPTIONS);
    expect(remotes.get('2025-boston')).toEqual({ etag, size: 6, time: T1, exact: true });
    // Without metadata the store's own time counts, in whole seconds as HTTP has it.
    expect(remotes.get('2025-lima')?.time.getTime()).toBeGreaterThan(began - 1000);
    expect(room.asked().filter((line) => line.startsWith('HEAD'))).toHaveLength(2);
  });

  it('leaves the exact time open if the listed one is enough', async () => {
    const room = await openStoreRoom();
    await room.upload('2025-boston', Buffer.from('boston'), T1);
    const roughly = () => true;
    const remotes = await readRemotes(room.store, [BOSTON], memory(), { ...OPTIONS, roughly });
    expect(remotes.get('2025-boston')).toMatchObject({ exact: false });
    expect(room.asked()).toEqual(['LIST db/']);
  });

  it('finds a database on any page', async () => {
    const room = await openStoreRoom();
    const names = Array.from({ length: 1005 }, (_, at) => `2025-x${String(at).padStart(4, '0')}`);
    for (const name of names) await room.upload(name, Buffer.from('x'), T1);
    const last = { name: '2025-x1004', region: null };
    const options = { ...OPTIONS, roughly: () => true };
    expect((await readRemotes(room.store, [last], memory(), options)).size).toBe(1);
    expect(room.asked()).toEqual(['LIST db/', 'LIST db/']);
  });

  it.each([
    ['cannot be listed', 'LIST inventory/', ''],
    ['cannot be read', 'GET inventory/iad.json', ''],
    ['is no inventory', 'nothing', 'not JSON'],
    ['is hostile', 'nothing', '{"2025-boston.sqlite3": {"etag": {"a": 1}, "last_modified": [1]}}'],
  ])('asks the object itself if the inventory %s', async (_title, refused, content) => {
    const room = await openStoreRoom();
    await room.upload('2025-boston', Buffer.from('boston'), T1);
    await room.put('inventory/iad.json', Buffer.from(content || '{}'));
    room.proxy.plan(({ method, path }) => {
      const isList = path.includes('prefix=inventory');
      const name = isList
        ? 'LIST inventory/'
        : `${method} ${path.split('/').slice(2).join('/').split('?')[0]}`;
      return name === refused ? s3Error(403, 'AccessDenied') : undefined;
    });
    const remotes = await readRemotes(room.store, [BOSTON], memory(), OPTIONS);
    expect(remotes.get('2025-boston')).toMatchObject({ time: T1, exact: true });
  });

  it('has nothing for an object that is removed between the listing and the question', async () => {
    const room = await openStoreRoom();
    await room.upload('2025-boston', Buffer.from('boston'), T1);
    room.proxy.plan(({ method }) => (method === 'HEAD' ? { kind: 'answer', status: 404 } : undefined));
    expect((await readRemotes(room.store, [BOSTON], memory(), OPTIONS)).size).toBe(0);
  });

  it('makes no request if there are no tenants', async () => {
    const room = await openStoreRoom();
    expect((await readRemotes(room.store, [], memory(), OPTIONS)).size).toBe(0);
    expect(room.asked()).toEqual([]);
  });
});
