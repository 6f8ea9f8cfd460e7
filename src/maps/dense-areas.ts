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
  // Those in a group are taken out: else each of thousands at one place would find all others again.
  const left = new Neighbours<T>(close);
  for (const point of points) left.add(point);
  const seen = new Set<T>();
  const take = (point: T) => {
    seen.add(point);
    left.delete(point);
    return point;
  };
  return points.flatMap((first) => {
    if (seen.has(first)) return [];
    const group = [take(first)];
    // It grows while it is gone through.
    for (const point of group) {
      for (const next of left.near(point)) group.push(take(next));
    }
    return [group];
  });
}
