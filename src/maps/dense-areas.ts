import { boxAround, Neighbours, type Spot } from './plane.ts';

/** Fewer points than this are only moved apart. */
const FEWEST = 5;

/** So many areas of a map at most. */
const MOST = 4;

interface Limits {
  /** From one point of an area to the next, at most. */
  readonly close: number;
  /** Of the width and height of an area. */
  readonly largest: number;
}

/** The points of each area in which they stand close: one leads to the next in small steps. The most crowded come first. */
export function denseAreas<T extends Spot>(points: readonly T[], { close, largest }: Limits): T[][] {
  return groups(points, close)
    .filter((group) => group.length >= FEWEST)
    .filter((group) => {
      const { width, height } = boxAround(group);
      return Math.max(width, height) <= largest;
    })
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST);
}

function groups<T extends Spot>(points: readonly T[], close: number): T[][] {
  const all = new Neighbours<T>(close);
  for (const point of points) all.add(point);
  const seen = new Set<T>();
  return points.flatMap((first) => {
    if (seen.has(first)) return [];
    seen.add(first);
    const group = [first];
    // It grows while it is gone through.
    for (const point of group) {
      for (const next of all.near(point)) {
        if (seen.has(next)) continue;
        seen.add(next);
        group.push(next);
      }
    }
    return [group];
  });
}
