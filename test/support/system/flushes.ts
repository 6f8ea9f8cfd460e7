import type { Call } from './strace.ts';

/** What must be on the disk for good before something else is done: `[what, change, flush, next]`. */
export type Flush = readonly [what: string, change: RegExp, flush: RegExp, next: RegExp];

/** A call of that name on something whose path ends so; between angle brackets, as strace writes a descriptor. */
const on = (name: string, path: string) => new RegExp(`^${name}\\(\\d+<[^>]*${path}>`);

/** Bytes that are written to what has such a path. */
export const written = (path: string): RegExp => on('(?:write|pwrite64)', path);
export const flushed = (path: string): RegExp => on('(?:fsync|fdatasync)', path);
/** A file that is put in the place of the one that has such a path, or made by that name. */
export const placed = (path: string): RegExp => new RegExp(`^(?:rename|link)\\(.*, "[^"]*${path}"`);
export const made = (path: string): RegExp => new RegExp(`^openat\\([^"]*"[^"]*${path}", [A-Z_|]*O_CREAT`);
export const dated = (path: string): RegExp => new RegExp(`^utimensat\\([^"]*"[^"]*${path}"`);

/**
 * Says of each whether, before the first call `next`, a flush stands behind the last change. Only an order of calls shows
 * that: what a killed process has written survives it, flushed or not; what a power cut leaves nobody can try here.
 *
 * @returns by what: `flushed`, or what is missing
 */
export function judgeFlushes(calls: readonly Call[], flushes: readonly Flush[]): Record<string, string> {
  const texts = calls.filter(({ text }) => !/ = -1 (?!EINPROGRESS)/.test(text)).map(({ text }) => text);
  const judge = ([, change, flush, next]: Flush): string => {
    const end = texts.findIndex((text) => next.test(text));
    if (end < 0) return `there is no ${next}`;
    const before = texts.slice(0, end);
    const changed = before.findLastIndex((text) => change.test(text));
    if (changed < 0) return `there is no ${change} before ${next}`;
    return before.slice(changed + 1).some((text) => flush.test(text)) ? 'flushed' : 'not flushed';
  };
  return Object.fromEntries(flushes.map((one) => [one[0], judge(one)]));
}

export function allFlushed(flushes: readonly Flush[]): Record<string, string> {
  return Object.fromEntries(flushes.map(([what]) => [what, 'flushed']));
}
