import type { LostRange } from './wire.ts';

/** With one more range, in order, those that touch each other being one. */
export function withRange(ranges: readonly LostRange[], [first, last]: LostRange): LostRange[] {
  const apart = ranges.filter(([from, to]) => to < first - 1 || from > last + 1);
  const touching = ranges.filter(([from, to]) => to >= first - 1 && from <= last + 1);
  const joined: LostRange = [
    Math.min(first, ...touching.map(([from]) => from)),
    Math.max(last, ...touching.map(([, to]) => to)),
  ];
  return [...apart, joined].sort(([a], [b]) => a - b);
}

/** The last number of the range that a number is in; null where it is in none. */
export function endOfRange(ranges: readonly LostRange[], seq: number): number | null {
  return ranges.find(([first, last]) => first <= seq && seq <= last)?.[1] ?? null;
}

/** How many numbers there are in all of them. */
export function countOf(ranges: readonly LostRange[]): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
