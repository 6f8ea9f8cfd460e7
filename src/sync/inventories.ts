import { updateInventory } from '../bucket/inventory-update.ts';
import { INDEX_NAME } from '../bucket/object-names.ts';
import type { Run } from './sync-context.ts';
import type { Owed } from './upload-model.ts';

/**
 * Writes to the inventories what was uploaded, by this run and by earlier ones that ended before they could. That costs one
 * request to read and one to write for each region, for any number of databases.
 *
 * @returns what was done, in words
 */
export async function payInventories(run: Run, owed: readonly Owed[]): Promise<string> {
  const { context, deadline, ledger, steps, tally } = run;
  const regions = byInventory(run, owed);
  const written: string[] = [];
  for (const [region, entries] of regions) {
    try {
      const store = await context.openStore(deadline.within(context.storeTimeoutMs));
      const { changed, wasBroken } = await updateInventory(store, region, entries);
      ledger.paid(entries);
      if (changed) written.push(region);
      if (wasBroken) steps.note(`the inventory of ${region} could not be read; a new one was begun`);
    } catch (error) {
      tally.failed('inventory', `inventory ${region}`, error);
    }
  }
  return written.length === 0 ? 'nothing to write' : written.join(', ');
}

/** If an event has moved to another region since, that region writes its inventory. */
function byInventory({ context, ledger }: Run, owed: readonly Owed[]): Map<string, Owed[]> {
  const isOwn = (entry: Owed) => entry.inventory === INDEX_NAME || entry.inventory === context.site.region;
  ledger.paid(owed.filter((entry) => !isOwn(entry)));
  const groups = new Map<string, Owed[]>();
  for (const entry of owed.filter(isOwn)) {
    groups.set(entry.inventory, [...(groups.get(entry.inventory) ?? []), entry]);
  }
  return groups;
}
