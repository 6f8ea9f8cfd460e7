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

/** The smallest box around places. */
export function boxAround(spots: readonly Spot[]): Box {
  let [left, top, right, bottom] = [1, 1, -1, -1].map((sign) => sign * Number.POSITIVE_INFINITY) as [
    number,
    number,
    number,
    number,
  ];
  for (const { x, y } of spots) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { left, top, width: right - left, height: bottom - top };
}

/** Places in squares, so that those near to one are found without a look at all. */
export class Neighbours<T extends Spot> {
  readonly #cell: number;
  readonly #cells = new Map<string, T[]>();

  /** @param reach how far `near` looks */
  constructor(reach: number) {
    this.#cell = reach;
  }

  add(spot: T): void {
    const key = this.#key(spot.x, spot.y);
    const known = this.#cells.get(key);
    if (known) known.push(spot);
    else this.#cells.set(key, [spot]);
  }

  delete(spot: T): void {
    const known = this.#cells.get(this.#key(spot.x, spot.y));
    known?.splice(known.indexOf(spot), 1);
  }

  /** Those nearer than the reach. */
  near(to: Spot): T[] {
    const found: T[] = [];
    for (const stepX of [-this.#cell, 0, this.#cell]) {
      for (const stepY of [-this.#cell, 0, this.#cell]) {
        for (const spot of this.#cells.get(this.#key(to.x + stepX, to.y + stepY)) ?? []) {
          if (distance(spot, to) < this.#cell) found.push(spot);
        }
      }
    }
    return found;
  }

  #key(x: number, y: number): string {
    return `${Math.floor(x / this.#cell)} ${Math.floor(y / this.#cell)}`;
  }
}
