import { onTestFinished } from 'vitest';
import { databaseKey, renderTime } from '../../../src/bucket/object-names.ts';
import type { ObjectStore, StoreSettings } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { startEmbedded } from '../store/embedded.ts';
import { type FaultProxy, startFaultProxy } from '../store/fault-proxy.ts';

/** An embedded store behind a proxy that counts requests and can spoil answers. */
export interface StoreRoom {
  /** Through the proxy. */
  readonly store: ObjectStore;
  readonly settings: StoreSettings;
  readonly proxy: FaultProxy;
  /** Puts a database there, past the proxy; with `last-modified` metadata unless the time is null. Returns its ETag. */
  upload(name: string, bytes: Buffer, time: Date | null, metadata?: Record<string, string>): Promise<string>;
  /** Puts anything there, past the proxy. Returns its ETag. */
  put(key: string, bytes: Buffer): Promise<string>;
  /** Puts an inventory there; entries by name. */
  putInventory(region: string, entries: Record<string, { etag: string; time: Date }>): Promise<string>;
  /** What was asked since, such as `['LIST db/', 'GET db/2025-boston.sqlite3']`; forgets it. */
  asked(): string[];
}

/** Closed when the test is over. */
export async function openStoreRoom(): Promise<StoreRoom> {
  const { settings, put, close } = await startEmbedded();
  const proxy = await startFaultProxy(settings.endpoint);
  onTestFinished(async () => {
    await proxy.close();
    await close();
  });
  const through = { ...settings, endpoint: proxy.endpoint };
  return {
    store: createStore(through),
    settings: through,
    proxy,
    put: async (key, bytes) => put(key, bytes),
    upload: async (name, bytes, time, metadata = {}) =>
      put(databaseKey(name), bytes, {
        ...(time ? { 'last-modified': renderTime(time) } : {}),
        ...metadata,
      }),
    putInventory: async (region, entries) => {
      const content = Object.entries(entries).map(([name, { etag, time }]) => [
        `${name}.sqlite3`,
        { etag, date: null, last_modified: renderTime(time) },
      ]);
      return put(
        `inventory/${region}.json`,
        Buffer.from(JSON.stringify(Object.fromEntries(content), null, 2)),
      );
    },
    asked: () => proxy.requests.splice(0).map(({ method, path }) => describe(method, path)),
  };
}

function describe(method: string, path: string): string {
  const url = new URL(path, 'http://store');
  const prefix = url.searchParams.get('prefix');
  if (prefix !== null) return `LIST ${prefix}`;
  return `${method} ${decodeURIComponent(url.pathname.split('/').slice(2).join('/'))}`;
}
