import { type BigIntStats, statSync } from 'node:fs';

/** Milliseconds after which a file that was written has a time that differs from that of any later write. */
const REST_MS = 2000;

export interface Fingerprint {
  /** Changes with every write to the database or its write-ahead log, also with one that sets the time back. */
  readonly print: string;
  /** Whether the next write will surely change it. */
  readonly settled: boolean;
}

/**
 * Tells whether a database has been written to, without opening it. Take it before the database is read: what is
 * written while it is read must show.
 *
 * @param now milliseconds since 1970
 */
export function fingerprint(path: string, now: number): Fingerprint {
  const files = [path, `${path}-wal`].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return { print: files.map(printOf).join(' '), settled: files.every((file) => atRest(file, now)) };
}

function printOf(stats: BigIntStats | undefined): string {
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}` : '-';
}

/** A time in the future says nothing either: the clock has been set since, and may come by there again. */
function atRest(stats: BigIntStats | undefined, now: number): boolean {
  if (!stats) return true;
  return Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs)) < now - REST_MS;
}
