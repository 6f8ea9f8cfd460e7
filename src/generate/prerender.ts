import type { Index } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import { multiStudios, type StudiosByYear } from './region-entries.ts';

/** The public pages that every machine renders in advance and serves itself. */
export interface PrerenderPages {
  /** Codes of the regions that own events, sorted by bytes. */
  readonly regions: readonly string[];
  /** Keys of the studios that have events and a region, sorted by bytes. */
  readonly studios: readonly string[];
  /** Ascending. */
  readonly years: readonly number[];
  /** Years descending. */
  readonly multiEventStudios: StudiosByYear;
}

export function prerenderPages(index: Index): PrerenderPages {
  const regions = new Set<string>();
  const studios = new Set<string>();
  for (const { studio } of entriesOf(index)) {
    if (studio.region === null) continue;
    regions.add(studio.region);
    studios.add(studio.key);
  }
  return {
    regions: [...regions].sort(compareBytes),
    studios: [...studios].sort(compareBytes),
    years: index.years.map(({ year }) => year).sort((a, b) => a - b),
    multiEventStudios: multiStudios(index),
  };
}
