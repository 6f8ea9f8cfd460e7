import { setTimeout as wait } from 'node:timers/promises';
import { backoff } from '../backoff.ts';
import type { DatabaseVersion } from '../database-version.ts';
import { bareEtag } from '../etag.ts';
import { Failure } from '../failure.ts';
import type { ObjectStore, PutCondition } from '../store/object-store.ts';
import { MAX_INVENTORY_BYTES, parseInventory, type RawInventory, writtenEntry } from './inventory.ts';
import { databaseFile, inventoryKey, isFarAhead, renderTime } from './object-names.ts';

/** The inventory's new facts of one database. */
export interface InventoryFact extends DatabaseVersion {
  readonly name: string;
  /** Of the event, as it is written in the database; null for none. */
  readonly date: string | null;
}

export interface InventoryUpdate {
  /** Whether anything had to be written. */
  readonly changed: boolean;
  /** Whether what stood there was no inventory; it was replaced by one of these facts alone. */
  readonly wasBroken: boolean;
}

/** How often another writer may be faster. */
const ROUNDS = 12;
const PAUSES = { firstPauseMs: 40, longestPauseMs: 1000 };

/**
 * Writes facts into a region's inventory. Everything else in it stays: other databases, unknown fields, and newer
 * entries. It is written only if it has not changed since it was read; otherwise it is read and merged again.
 *
 * @param region code of the region, or `index`
 * @throws {Failure} `store-*`; `changed-elsewhere` if others were faster each time.
 */
export async function updateInventory(
  store: ObjectStore,
  region: string,
  facts: readonly InventoryFact[],
): Promise<InventoryUpdate> {
  const key = inventoryKey(region);
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) await wait(backoff(PAUSES, round));
    const found = await read(store, key);
    const merged = mergeInventory(found.inventory, facts, new Date());
    if (!merged) return { changed: false, wasBroken: false };
    const answer = await store.put(key, Buffer.from(renderInventory(merged)), {
      condition: found.condition,
      metadata: {},
      contentType: 'application/json',
    });
    if (answer.kind === 'stored') return { changed: true, wasBroken: found.wasBroken };
  }
  throw new Failure('changed-elsewhere', `${key} was written by others ${ROUNDS} times while it was merged`, {
    hint: 'The databases themselves are in the store; the next run brings the inventory up to date.',
  });
}

/**
 * An inventory with these facts in it; null when it says all of them already. An entry whose database was changed later
 * than a fact says is from a newer version, and stays, unless its time is far ahead: nothing would ever replace it.
 */
function mergeInventory(
  inventory: RawInventory,
  facts: readonly InventoryFact[],
  now: Date,
): RawInventory | null {
  const merged: RawInventory = new Map(inventory);
  let changed = false;
  for (const { name, etag, time, date } of facts) {
    const file = databaseFile(name);
    const before = writtenEntry(merged.get(file));
    if (before && before.time.getTime() > time.getTime() && !isFarAhead(before.time, now, time)) continue;
    if (before?.etag === bareEtag(etag) && before.date === date && before.time.getTime() === time.getTime())
      continue;
    const unknown = asObject(merged.get(file));
    merged.set(file, { ...unknown, etag, date, last_modified: renderTime(time) });
    changed = true;
  }
  return changed ? merged : null;
}

/** As the other programs write it: indented, in the order in which entries came. */
function renderInventory(inventory: RawInventory): string {
  return JSON.stringify(Object.fromEntries(inventory), null, 2);
}

async function read(
  store: ObjectStore,
  key: string,
): Promise<{ inventory: RawInventory; condition: PutCondition; wasBroken: boolean }> {
  const got = await store.get(key, { maxBytes: MAX_INVENTORY_BYTES });
  if (got.kind === 'missing' || got.kind === 'unchanged') {
    return { inventory: new Map(), condition: { replaces: 'nothing' }, wasBroken: false };
  }
  if (got.kind === 'too-large') {
    throw new Failure('store-corrupt', `${key} has ${got.size} bytes, too many for an inventory`, {
      hint: 'Look at that object, and delete it: the next upload of each database makes a new one.',
    });
  }
  const inventory = parseInventory(got.bytes.toString());
  const condition = { replaces: got.object.etag };
  return { inventory: inventory ?? new Map(), condition, wasBroken: inventory === null };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
