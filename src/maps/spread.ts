import { type Box, distance, isInside, Neighbours, type Spot } from './plane.ts';

/** Pixels between the centres of two points: what a finger needs (WCAG 2.5.8 asks for 24), and a little more. */
export const APART = 26;

/** So far a point is moved at most. */
const FARTHEST = 3 * APART;

/** Between two circles on which a place is looked for, and about between two places on one. */
const STEP = 4;

/** Of the square of `APART`: what a point takes where all stand as close as they may, each with six around it. */
const CLOSEST = Math.sqrt(3) / 2;

/** How often points that have moved are given a nearer place that became free, or exchange theirs. */
const ROUNDS = 3;

/** Around a point, where places are looked for: from the inside out. */
const CIRCLES = Array.from({ length: 1 + Math.floor(FARTHEST / STEP) }, (_, at) => circleOf(at * STEP));

interface Room {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What no point may lie on. */
  readonly taken?: readonly Box[];
}

/**
 * Points moved so far apart that each can be hit: earlier ones stay at their place if they can, others move to the
 * nearest that is free. The same points always give the same places.
 *
 * @param points in pixels from the upper left corner; a place is looked for only for so many as the picture could hold, so
 *   that thousands take no longer
 * @returns a place for each; null for one that finds none nearby
 */
export function spread(points: readonly Spot[], room: Room): (Spot | null)[] {
  const most = Math.ceil((room.width * room.height) / (APART * APART * CLOSEST));
  const places = spreadAll(points.slice(0, most), room);
  return points.map((_, at) => places[at] ?? null);
}

function spreadAll(points: readonly Spot[], room: Room): (Spot | null)[] {
  const crowd = new Neighbours<Spot>(APART);
  for (const point of points) crowd.add(point);
  const placed = new Neighbours<Spot>(APART);
  const places = points.map((point) => {
    const found = nearestFree(point, room, placed, crowd);
    if (found) placed.add(found);
    return found;
  });
  for (let round = 0; round < ROUNDS; round++) {
    comeNearer(points, places, room, placed, crowd);
    exchange(points, places);
  }
  return places;
}

function nearestFree(
  point: Spot,
  { width, height, taken = [] }: Room,
  placed: Neighbours<Spot>,
  crowd: Neighbours<Spot>,
): Spot | null {
  const half = APART / 2;
  const inside = { left: half, top: half, width: width - APART, height: height - APART };
  const isFree = (spot: Spot) =>
    isInside(inside, spot) && !taken.some((box) => isInside(box, spot, half)) && !placed.hasNear(spot);
  for (const circle of CIRCLES) {
    const free = circle.map(({ x, y }) => ({ x: point.x + x, y: point.y + y })).filter(isFree);
    const [first, ...others] = free;
    if (!first) continue;
    // On one circle, the place that is in the way of the fewest others.
    const inTheWay = (spot: Spot) =>
      crowd.near(spot).reduce((sum, other) => sum + APART - distance(other, spot), 0);
    return others.reduce((best, spot) => (inTheWay(spot) < inTheWay(best) - 0.01 ? spot : best), first);
  }
  return null;
}

function circleOf(radius: number): Spot[] {
  const count = Math.max(1, Math.round((2 * Math.PI * radius) / STEP));
  return Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * at) / count;
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
}

function comeNearer(
  points: readonly Spot[],
  places: (Spot | null)[],
  room: Room,
  placed: Neighbours<Spot>,
  crowd: Neighbours<Spot>,
): void {
  for (const [at, point] of points.entries()) {
    const place = places[at] ?? null;
    if (place && distance(place, point) === 0) continue;
    if (place) placed.delete(place);
    const found = nearestFree(point, room, placed, crowd);
    const better = !place || (found && distance(found, point) < distance(place, point)) ? found : place;
    places[at] = better;
    if (better) placed.add(better);
  }
}

/** Where the lines of two points cross, they are shorter the other way round. */
function exchange(points: readonly Spot[], places: (Spot | null)[]): void {
  const moved = [...points.entries()].filter(([at, point]) => {
    const place = places[at];
    return place && distance(place, point) > 0;
  });
  for (const [a, first] of moved) {
    for (const [b, second] of moved) {
      const [placeA, placeB] = [places[a], places[b]];
      if (a >= b || !placeA || !placeB || distance(first, second) > FARTHEST) continue;
      const now = distance(first, placeA) + distance(second, placeB);
      if (distance(first, placeB) + distance(second, placeA) < now - 0.01) {
        [places[a], places[b]] = [placeB, placeA];
      }
    }
  }
}
