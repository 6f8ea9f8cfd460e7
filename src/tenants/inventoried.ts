import {
  inventoryEntry,
  MAX_INVENTORY_BYTES,
  parseInventory,
  type RawInventory,
} from '../bucket/inventory.ts';
import { databaseFile, INDEX_NAME, inventoryKey } from '../bucket/object-names.ts';
import { bareEtag } from '../etag.ts';
import { Failure } from '../failure.ts';
import type { ObjectReader } from '../store/object-store.ts';
import type { TenantDatabase } from './tenant-model.ts';

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
    const reading = read.get(key) ?? readInventory(store, key);
    read.set(key, reading);
    const entry = inventoryEntry((await reading)?.get(databaseFile(name)));
    return entry && entry.etag === bareEtag(etag) ? entry.time : null;
  };
}

/** One that cannot be read says nothing. */
async function readInventory(store: ObjectReader, key: string): Promise<RawInventory | null> {
  try {
    const got = await store.get(key, { maxBytes: MAX_INVENTORY_BYTES });
    return got.kind === 'found' ? parseInventory(got.bytes.toString()) : null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
