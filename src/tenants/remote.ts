import pLimit from 'p-limit';
import { inventoryEntry, parseInventory, plainEtag } from '../bucket/inventory.ts';
import {
  DATABASE_PREFIX,
  databaseFile,
  databaseKey,
  databaseName,
  INDEX_NAME,
  INVENTORY_PREFIX,
  inventoryKey,
  objectTime,
} from '../bucket/layout.ts';
import { Failure } from '../failure.ts';
import type { ObjectInfo, ObjectStore } from '../store/types.ts';
import type { SeenDatabases } from './seen.ts';
import type { RemoteCopy, TenantDatabase } from './types.ts';

export interface RemoteOptions {
  /** Most requests at once. */
  readonly concurrency: number;
  /**
   * Whether the store's own time of an object that this machine does not know yet is good enough. Else its exact time is
   * looked for in the inventories, and asked of the object itself when they do not know that version of it.
   */
  readonly roughly?: (name: string, listed: ObjectInfo) => boolean;
}

/** An inventory of 400 databases has some 60 KiB. */
const MAX_INVENTORY_BYTES = 32 * 2 ** 20;

type Tenant = Pick<TenantDatabase, 'name' | 'region'>;
type Times = Map<string, { etag: string; time: Date }>;

/**
 * What the store has of these databases, by name: one listing. The time of a version that is new to this machine costs
 * a listing and the reading of the inventories that have changed, for all of them together, and a HEAD for each that
 * stands in none. What is learnt is remembered.
 *
 * @throws {Failure} `store-*`: the store cannot be listed; `disk`.
 */
export async function readRemotes(
  store: ObjectStore,
  tenants: readonly Tenant[],
  seen: SeenDatabases,
  options: RemoteOptions,
): Promise<Map<string, RemoteCopy>> {
  const listed = await listDatabases(store, tenants);
  const times = knownTimes(seen, listed);
  const unknown = tenants.filter(({ name }) => {
    const info = listed.get(name);
    return info && !times.has(name) && !options.roughly?.(name, info);
  });
  if (unknown.length > 0) {
    const learnt: Times = await readInventories(store, unknown, listed, seen);
    const rest = unknown.filter(({ name }) => !learnt.has(name));
    await askObjects(store, rest, { listed, learnt }, options.concurrency);
    seen.recordTimes(learnt);
    for (const [name, known] of learnt) times.set(name, known);
  }
  const copies = new Map<string, RemoteCopy>();
  for (const [name, { etag, size, modified }] of listed) {
    const known = times.get(name);
    // The object may have been replaced since it was listed.
    const exact = known !== undefined && known.etag === etag;
    copies.set(name, { etag, size, time: exact ? known.time : modified, exact });
  }
  return copies;
}

async function listDatabases(
  store: ObjectStore,
  tenants: readonly Tenant[],
): Promise<Map<string, ObjectInfo>> {
  const wanted = new Set(tenants.map(({ name }) => name));
  const listed = new Map<string, ObjectInfo>();
  if (wanted.size === 0) return listed;
  for await (const info of store.list(DATABASE_PREFIX)) {
    const name = databaseName(info.key);
    if (name !== null && wanted.has(name)) listed.set(name, info);
  }
  return listed;
}

/** Of the versions that are listed, those whose time this machine has learnt before. */
function knownTimes(seen: SeenDatabases, listed: ReadonlyMap<string, ObjectInfo>): Times {
  const times: Times = new Map();
  for (const known of [seen.times(), seen.all()]) {
    for (const [name, { etag, time }] of known) {
      if (listed.get(name)?.etag === etag) times.set(name, { etag, time });
    }
  }
  return times;
}

/** What the inventories of these databases' regions say; an inventory speaks of the version that has its ETag. */
async function readInventories(
  store: ObjectStore,
  tenants: readonly Tenant[],
  listed: ReadonlyMap<string, ObjectInfo>,
  seen: SeenDatabases,
): Promise<Times> {
  const learnt: Times = new Map();
  const keys = new Set(tenants.map(({ region }) => inventoryKey(region ?? INDEX_NAME)));
  try {
    for await (const { key, etag } of store.list(INVENTORY_PREFIX)) {
      const content = keys.has(key) ? await readInventory(store, key, etag, seen) : null;
      const inventory = content === null ? null : parseInventory(content);
      if (!inventory) continue;
      for (const { name } of tenants) {
        const entry = inventoryEntry(inventory.get(databaseFile(name)));
        const now = listed.get(name)?.etag;
        if (entry && now && entry.etag === plainEtag(now)) learnt.set(name, { etag: now, time: entry.time });
      }
    }
  } catch (error) {
    // They save requests, no more: the objects themselves know.
    if (!(error instanceof Failure) || !error.code.startsWith('store-')) throw error;
  }
  return learnt;
}

async function readInventory(
  store: ObjectStore,
  key: string,
  etag: string,
  seen: SeenDatabases,
): Promise<string | null> {
  const kept = seen.inventory(key, etag);
  if (kept !== null) return kept;
  const got = await store.get(key, { maxBytes: MAX_INVENTORY_BYTES });
  if (got.kind !== 'found') return null;
  const content = got.bytes.toString();
  seen.recordInventory(key, got.object.etag, content);
  return content;
}

/** One that cannot be asked is left out: whoever goes on to fetch it will say what is wrong. */
async function askObjects(
  store: ObjectStore,
  tenants: readonly Tenant[],
  { listed, learnt }: { listed: Map<string, ObjectInfo>; learnt: Times },
  concurrency: number,
): Promise<void> {
  const limit = pLimit(concurrency);
  await limit.map(tenants, async ({ name }) => {
    try {
      const head = await store.head(databaseKey(name));
      if (head.kind === 'missing') {
        listed.delete(name);
      } else {
        listed.set(name, head.object);
        learnt.set(name, { etag: head.object.etag, time: objectTime(head.object) });
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  });
}
