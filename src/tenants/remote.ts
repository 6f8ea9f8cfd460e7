import pLimit from 'p-limit';
import {
  inventoryEntry,
  MAX_INVENTORY_BYTES,
  parseInventory,
  type RawInventory,
} from '../bucket/inventory.ts';
import {
  DATABASE_PREFIX,
  databaseFile,
  databaseKey,
  databaseName,
  INDEX_NAME,
  INVENTORY_PREFIX,
  inventoryKey,
  objectTime,
  statedDigest,
  wholeSeconds,
} from '../bucket/object-names.ts';
import { bareEtag } from '../etag.ts';
import { Failure } from '../failure.ts';
import type { ObjectInfo, ObjectReader, ObjectStore, StoredObject } from '../store/object-store.ts';
import type { LearntTime, SeenDatabases } from './seen.ts';
import type { RemoteCopy, TenantDatabase } from './tenant-model.ts';

export interface RemoteOptions {
  /** Most requests at once. */
  readonly concurrency: number;
  /**
   * Whether the store's own time of an object that this machine does not know yet is good enough. Else its exact time is
   * looked for in the inventories, and asked of the object itself when they do not know that version of it.
   */
  readonly roughly?: (name: string, listed: ObjectInfo) => boolean;
}

type Tenant = Pick<TenantDatabase, 'name' | 'region'>;
type Times = Map<string, LearntTime>;

/**
 * The store's versions of these databases, by name: one listing. The time of a version that is new to this machine
 * costs a listing and the reading of the changed inventories, for all of them together, and a HEAD for each that is in
 * none. The results are remembered.
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
  const known = seen.times();
  const isKnown = (name: string, info: ObjectInfo) => isOf(known.get(name), info);
  const unknown = tenants.filter(({ name }) => {
    const info = listed.get(name);
    return info && !isKnown(name, info) && !options.roughly?.(name, info);
  });
  if (unknown.length > 0) {
    const learnt: Times = await readInventories(store, unknown, listed, seen);
    const rest = unknown.filter(({ name }) => !learnt.has(name));
    await askObjects(store, rest, { listed, learnt }, options.concurrency);
    seen.recordTimes(learnt);
    for (const [name, times] of learnt) known.set(name, times);
  }
  const grown = seen.all();
  const copies = new Map<string, RemoteCopy>();
  for (const [name, info] of listed) {
    const { etag, size, modified } = info;
    const base = grown.get(name);
    const exact = isKnown(name, info) ? known.get(name) : base?.etag === etag ? base : undefined;
    copies.set(name, { etag, size, time: exact?.time ?? modified, exact: exact !== undefined });
  }
  return copies;
}

function isOf(learnt: LearntTime | undefined, { etag, modified }: ObjectInfo): boolean {
  return learnt !== undefined && learnt.etag === etag && learnt.stored === wholeSeconds(modified);
}

/** What the store has, as an object says of itself. */
export function remoteCopyOf(object: StoredObject): RemoteCopy {
  const { etag, size } = object;
  return { etag, size, time: objectTime(object), exact: true, digest: statedDigest(object) };
}

/**
 * Asks for one object's metadata; null where there is none.
 *
 * @throws {Failure} `store-*`
 */
export async function askRemote(
  store: ObjectStore,
  { name }: Pick<TenantDatabase, 'name'>,
): Promise<RemoteCopy | null> {
  const head = await store.head(databaseKey(name));
  return head.kind === 'missing' ? null : remoteCopyOf(head.object);
}

export function learntOf({ etag, modified }: ObjectInfo, time: Date): LearntTime {
  return { etag, stored: wholeSeconds(modified), time };
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

/** The entries of the inventories of these databases' regions; an entry describes the version that has its ETag. */
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
        const now = listed.get(name);
        if (entry && now && entry.etag === bareEtag(now.etag)) learnt.set(name, learntOf(now, entry.time));
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

/** One that cannot be asked is left out: the code that fetches it later reports what is wrong. */
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
        learnt.set(name, learntOf(head.object, objectTime(head.object)));
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  });
}

/** When the inventory says that the version with this ETag was last changed; null when it says nothing of that. */
export type Inventoried = (
  tenant: Pick<TenantDatabase, 'name' | 'region'>,
  etag: string,
) => Promise<Date | null>;

/** Asks the inventories for what an object does not say itself. Each is read once, when it is first needed. */
export function inventoried(store: ObjectReader): Inventoried {
  const read = new Map<string, Promise<RawInventory | null>>();
  return async ({ name, region }, etag) => {
    const key = inventoryKey(region ?? INDEX_NAME);
    const reading = read.get(key) ?? readOrNothing(store, key);
    read.set(key, reading);
    const entry = inventoryEntry((await reading)?.get(databaseFile(name)));
    return entry && entry.etag === bareEtag(etag) ? entry.time : null;
  };
}

/** One that cannot be read says nothing. */
async function readOrNothing(store: ObjectReader, key: string): Promise<RawInventory | null> {
  try {
    const got = await store.get(key, { maxBytes: MAX_INVENTORY_BYTES });
    return got.kind === 'found' ? parseInventory(got.bytes.toString()) : null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
