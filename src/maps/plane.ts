/** A place on a plane. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function distance(a: Spot, b: Spot): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function isInside({ left, top, width, height }: Box, { x, y }: Spot, margin = 0): boolean {
  return x >= left - margin && x <= left + width + margin && y >= top - margin && y <= top + height + margin;
}

export function overlap(a: Box, b: Box): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

/** The smallest box around places, of which there is one at least. */
export function boxAround(spots: readonly Spot[]): Box {
  const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/** More squares than any picture has in a row, so that each has a number of its own. */
const SQUARES = 1 << 20;

/** Places in squares, so that those near to one are found without a look at all. */
export class Neighbours<T extends Spot> {
  readonly #cell: number;
  readonly #cells = new Map<number, T[]>();

  /** @param reach how far `near` looks */
  constructor(reach: number) {
    this.#cell = reach;
  }

  add(spot: T): void {
    const key = this.#key(spot);
    const known = this.#cells.get(key);
    if (known) known.push(spot);
    else this.#cells.set(key, [spot]);
  }

  /** @param spot one that was added, as it was */
  delete(spot: T): void {
    const known = this.#cells.get(this.#key(spot));
    known?.splice(known.indexOf(spot), 1);
  }

  /** Those nearer than the reach. */
  near(to: Spot): T[] {
    const found: T[] = [];
    this.#visit(to, (spot) => {
      found.push(spot);
      return false;
    });
    return found;
  }

  /** Whether there is any of these. */
  hasNear(to: Spot): boolean {
    return this.#visit(to, () => true);
  }

  /** Until one of those that are near is what was looked for. */
  #visit(to: Spot, isFound: (spot: T) => boolean): boolean {
    for (const right of [-1, 0, 1]) {
      for (const down of [-1, 0, 1]) {
        for (const spot of this.#cells.get(this.#key(to, right, down)) ?? []) {
          if (distance(spot, to) < this.#cell && isFound(spot)) return true;
        }
      }
    }
    return false;
  }

  /** The square of a place, or one beside it. Whole squares are counted: a sum of fractions could skip one. */
  #key({ x, y }: Spot, right = 0, down = 0): number {
    return (Math.floor(x / this.#cell) + right) * SQUARES + Math.floor(y / this.#cell) + down;
  }
}
