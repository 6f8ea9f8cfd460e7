import { updateInventory } from '../bucket/inventory-update.ts';
import { INDEX_NAME } from '../bucket/object-names.ts';
import type { Run } from './sync-context.ts';
import type { Owed } from './upload-model.ts';

/**
 * Has the inventories say what was uploaded, by this run and by those before it that did not come so far: one request to
 * read and one to write for each region's, however many databases.
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
      if (wasBroken) steps.note(`the inventory of ${region} was not readable, and has been begun anew`);
    } catch (error) {
      tally.failed('inventory', `inventory ${region}`, error);
    }
  }
  return written.length === 0 ? 'nothing to write' : written.join(', ');
}

/** An event may have moved to another region since; its inventory is that region's business then. */
function byInventory({ context, ledger }: Run, owed: readonly Owed[]): Map<string, Owed[]> {
  const isOwn = (entry: Owed) => entry.inventory === INDEX_NAME || entry.inventory === context.site.region;
  ledger.paid(owed.filter((entry) => !isOwn(entry)));
  const groups = new Map<string, Owed[]>();
  for (const entry of owed.filter(isOwn)) {
    groups.set(entry.inventory, [...(groups.get(entry.inventory) ?? []), entry]);
  }
  return groups;
}
