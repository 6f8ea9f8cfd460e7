import type { Index, StudioYear } from './index-model.ts';

/** What every studio holds in every year: years descending, studios by key. */
export function* entriesOf({ years }: Index): Generator<StudioYear, undefined> {
  for (const { studios } of years) yield* studios;
}

export function countEvents(entries: Iterable<StudioYear>): number {
  let count = 0;
  for (const { events } of entries) count += events.length;
  return count;
}
