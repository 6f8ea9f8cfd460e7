import type { Index } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';

/** Studio keys by year, years in the index's order (descending), keys in byte order. */
export type StudiosByYear = ReadonlyMap<number, readonly string[]>;

/** What one region owns. A studio can be multi in one year and single in another. */
export interface Owned {
  readonly multi: StudiosByYear;
  readonly single: StudiosByYear;
}

/** What each region with events owns, in order of the regions' first appearance. */
export function ownedByRegion(index: Index): ReadonlyMap<string, Owned> {
  const owned = new Map<string, { multi: Map<number, string[]>; single: Map<number, string[]> }>();
  for (const entry of entriesOf(index)) {
    const code = entry.studio.region;
    if (code === null) continue;
    const region = owned.get(code) ?? { multi: new Map(), single: new Map() };
    owned.set(code, region);
    push(entry.single ? region.single : region.multi, entry.year, entry.studio.key);
  }
  return owned;
}

/** Studios with a page of their own that lists their events; the page is public and prerendered. */
export function multiStudios(index: Index): StudiosByYear {
  const years = new Map<number, string[]>();
  for (const entry of entriesOf(index)) if (!entry.single) push(years, entry.year, entry.studio.key);
  return years;
}

function push(years: Map<number, string[]>, year: number, key: string): void {
  const keys = years.get(year);
  if (keys) keys.push(key);
  else years.set(year, [key]);
}
