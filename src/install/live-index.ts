import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { patience, untilFree } from '../database/busy.ts';
import { imageDigest, openInstalled, readImage } from '../database/image.ts';
import { Failure } from '../failure.ts';
import { isDirectory, onDisk } from '../files/disk.ts';
import type { Site } from '../site/site.ts';

/** The index on this machine, as a consistent image of the live database. */
export interface LiveIndex {
  readonly path: string;
  /** Null if there is none, or it is not a readable database. */
  readonly image: Buffer | null;
  readonly digest: string | null;
  /** When the file, or its write-ahead log, was last written; null when there is none. */
  readonly modified: Date | null;
  /** Why the image could not be read, if it could not. */
  readonly problem: string | null;
  /** Changes with any change of the database; null if changes cannot be seen. */
  readonly stamp: string | null;
}

/** Milliseconds to wait until no other process is writing to the index. */
const PATIENCE_MS = 5000;

const MIB = 1024 * 1024;
/** The default of `UPDATE_CONFIG_MAX_INDEX_MIB`. */
const LARGEST_BYTES = 64 * MIB;

/** Milliseconds in which two changes of a file can have one time: several times as long as a file system's clock stands still. */
const SAME_TIME_MS = 50;

/**
 * The installed index, also while others write to it.
 *
 * @param maxBytes a larger one is not read: a sparse file takes no room on the disk, but would in memory
 * @param known from an earlier read, returned if nothing has changed since
 * @throws {Failure} `lock-timeout`: they leave no gap; `disk`: it cannot be read.
 */
export async function readLiveIndex(
  site: Site,
  maxBytes = LARGEST_BYTES,
  known: LiveIndex | null = null,
): Promise<LiveIndex> {
  const path = join(site.dbDir, 'index.sqlite3');
  if (known?.stamp != null && known.path === path && stampOf(path) === known.stamp) return known;
  return await untilFree(patience(path, PATIENCE_MS), () => readOnce(path, maxBytes));
}

function readOnce(path: string, maxBytes: number): LiveIndex {
  let special = false;
  const modified = onDisk('cannot look at', path, () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw isDirectory(path);
    special = stats?.isFile() === false;
    return lastWritten(path);
  });
  const nothing = { path, image: null, digest: null, modified, problem: null, stamp: null };
  const stamp = stampOf(path);
  if (special) return { ...nothing, problem: 'it is a pipe, a socket or a device, not a file' };
  if (!modified) return nothing;
  try {
    const db = openInstalled(path, { busyTimeoutMs: 0, maxBytes });
    if (!db) return nothing;
    try {
      const image = readImage(db, undefined, maxBytes);
      return { path, image, digest: imageDigest(image), modified, problem: null, stamp };
    } finally {
      db.close();
    }
  } catch (error) {
    // Only a file that is not a database may be replaced as if there were none; a locked or unreadable one stays.
    if (!(error instanceof Failure) || error.code !== 'index-invalid') throw error;
    return { ...nothing, problem: error.message };
  }
}

/**
 * A value that changes with every write to a database, its log or its journal: the kernel sets the time of a change,
 * and programs cannot set it. Null if a file was changed just now, so that another change may get the same time. Null
 * also for anything but a plain file: the log of a database behind a link is elsewhere.
 */
function stampOf(path: string): string | null {
  const found = ['', '-wal', '-journal'].map((suffix) =>
    lstatSync(path + suffix, { bigint: true, throwIfNoEntry: false }),
  );
  const now = Date.now();
  const isSteady = (stats: BigIntStats | undefined): boolean =>
    stats === undefined || (stats.isFile() && Math.abs(now - Number(stats.ctimeMs)) >= SAME_TIME_MS);
  if (!found.every(isSteady)) return null;
  return found
    .map((stats) => (stats ? `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}` : '-'))
    .join();
}

/** A value that changes with a write to a database or its log, but for two within one tick of the kernel's clock. */
export function liveStamp(path: string): string {
  return ['', '-wal']
    .map((suffix) => lstatSync(path + suffix, { bigint: true, throwIfNoEntry: false }))
    .map((stats) =>
      stats && stats.size > 0 ? `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}` : '-',
    )
    .join();
}

/** The later of the database's own time and its write-ahead log's, since a WAL database is written there first. */
export function lastWritten(path: string): Date | null {
  const main = statSync(path, { throwIfNoEntry: false });
  if (!main) return null;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  return log && log.size > 0 && log.mtime > main.mtime ? log.mtime : main.mtime;
}
