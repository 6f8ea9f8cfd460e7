import type { Spot } from './plane.ts';

/** How much of each pixel of a picture is covered by shapes, from 0 to 1. */
export class Coverage {
  readonly #width: number;
  readonly #height: number;
  /** By pixel: how much more of it than of its left neighbour is covered. */
  readonly #steps: Float32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#steps = new Float32Array(width * height);
  }

  /** Adds a closed shape. Shapes that go round the other way are holes. */
  add(corners: readonly Spot[]): void {
    let last = corners.at(-1);
    for (const corner of corners) {
      if (last) this.#edge(last, corner);
      last = corner;
    }
  }

  /** Adds a line, of that width. */
  addLine(from: Spot, to: Spot, width: number): void {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (length === 0) return;
    const [x, y] = [((to.y - from.y) / length) * (width / 2), ((from.x - to.x) / length) * (width / 2)];
    this.add([
      { x: from.x + x, y: from.y + y },
      { x: to.x + x, y: to.y + y },
      { x: to.x - x, y: to.y - y },
      { x: from.x - x, y: from.y - y },
    ]);
  }

  /** Row by row. */
  read(): Float32Array {
    const read = new Float32Array(this.#width * this.#height);
    for (let row = 0; row < this.#height; row++) {
      let sum = 0;
      for (let at = row * this.#width; at < (row + 1) * this.#width; at++) {
        sum += this.#steps[at] ?? 0;
        read[at] = Math.min(1, Math.abs(sum));
      }
    }
    return read;
  }

  /** Along an edge, in each row that it passes, the pixels to its right gain or lose what of the row it passes. */
  #edge(a: Spot, b: Spot): void {
    if (a.y === b.y) return;
    const [sign, from, to] = a.y < b.y ? [1, a, b] : [-1, b, a];
    const slope = (to.x - from.x) / (to.y - from.y);
    const last = Math.min(this.#height, Math.ceil(to.y));
    for (let row = Math.max(0, Math.floor(from.y)); row < last; row++) {
      const [top, bottom] = [Math.max(row, from.y), Math.min(row + 1, to.y)];
      const middle = from.x + ((top + bottom) / 2 - from.y) * slope;
      this.#step(row, middle, sign * (bottom - top));
    }
  }

  #step(row: number, x: number, change: number): void {
    if (x >= this.#width) return;
    const column = Math.max(0, Math.floor(x));
    const at = row * this.#width + column;
    const part = x <= 0 ? 1 : column + 1 - x;
    this.#steps[at] = (this.#steps[at] ?? 0) + change * part;
    if (column + 1 < this.#width) this.#steps[at + 1] = (this.#steps[at + 1] ?? 0) + change * (1 - part);
  }
}
