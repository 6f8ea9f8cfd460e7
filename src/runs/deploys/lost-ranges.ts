import type { LostRange } from '../../callbacks/wire.ts';

/** More are not kept: a sender gives up after three in a row. */
const MOST_RANGES = 1000;

/** All numbers of both, as few ranges in order. */
export function unionOf(some: readonly LostRange[], others: readonly LostRange[]): LostRange[] {
  const sorted = [...some, ...others]
    .filter(([first, last]) => first <= last)
    .sort((one, other) => one[0] - other[0]);
  const union: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = union.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else union.push([first, last]);
  }
  return union.slice(0, MOST_RANGES);
}

/** The number that one comes to which does not stop at lines that are lost. */
export function pastLost(last: number, lost: readonly LostRange[]): number {
  const range = lost.find(([first, end]) => first <= last + 1 && end > last);
  return range ? range[1] : last;
}

/** These numbers as ranges, in their order. */
export function rangesOf(numbers: readonly number[]): LostRange[] {
  return unionOf(
    [],
    numbers.map((number): LostRange => [number, number]),
  );
}
