export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/** The value below which that part of the values is; `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** p in `y ~ x^p` between two points: 1 is growth in proportion. */
export function exponent(x: readonly [number, number], y: readonly [number, number]): number {
  return Math.log(y[1] / y[0]) / Math.log(x[1] / x[0]);
}

export interface Line {
  /** What one more of x adds. */
  readonly slope: number;
  /** What there is without any x. */
  readonly intercept: number;
}

/** The line of least squares through the points; each counts by its share of what was measured, so that the small ones count, too. */
export function fitLine(points: readonly { readonly x: number; readonly y: number }[]): Line {
  const weighed = points.map(({ x, y }) => ({ x, y, weight: 1 / y ** 2 }));
  const sum = (value: (point: (typeof weighed)[number]) => number): number =>
    weighed.reduce((total, point) => total + point.weight * value(point), 0);
  const all = sum(() => 1);
  const meanX = sum(({ x }) => x) / all;
  const meanY = sum(({ y }) => y) / all;
  const slope = sum(({ x, y }) => (x - meanX) * (y - meanY)) / sum(({ x }) => (x - meanX) ** 2);
  return { slope, intercept: meanY - slope * meanX };
}
