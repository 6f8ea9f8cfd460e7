/**
 * Milliseconds since some moment, by a clock that no one can set: what `performance.now()` counts, without `node:perf_hooks`,
 * which takes a millisecond of every run to load.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
