import { linkSync, lstatSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { wholeSeconds } from '../bucket/object-names.ts';
import { patience, untilFree } from '../database/busy.ts';
import { liveSchemaProblem } from '../database/costly-schema.ts';
import { imageDigest, readImage } from '../database/image.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { swapDatabase } from '../database/swap.ts';
import { codeOf, notAsWritten, onDisk } from '../files/disk.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { type Ownership, writeNewFile } from '../rights/files.ts';
import { resumeInstall } from './interrupted.ts';
import { fetchedPath, keepCopy } from './kept-copies.ts';
import { isOlder, readLocal, stampOf } from './local-copy.ts';
import { type LearntTime, mayBeSince, type SeenDatabases } from './seen.ts';
import { databaseError, isNoDatabase } from './tenant-failure.ts';
import type { ProvedImage } from './tenant-image.ts';
import type { LocalCopy, Seen, TenantDatabase } from './tenant-model.ts';

export interface Placement {
  readonly tenant: TenantDatabase;
  readonly image: ProvedImage;
  /** Of the object that it came from. */
  readonly learnt: LearntTime;
  /** What a file is made like where there is none. */
  readonly like: Ownership;
  readonly seen: SeenDatabases;
  /**
   * The version that it was made from, to be remembered instead of that object; null if unknown. For a database that
   * was not fetched under this name.
   */
  readonly base?: Seen | null;
  /** Whether nothing says that it is newer than the one here: then a copy of that one is kept. */
  readonly doubtful?: boolean;
}

/**
 * `superseded`: the local one is newer by now, or was made from this very version, and stays. `kept`: path of the copy
 * of the replaced content, if it had been changed here since this machine and the store had the same, or may be the newer one.
 */
export type Placed =
  | { readonly kind: 'placed'; readonly kept: string | null }
  | { readonly kind: 'superseded' };

const SUPERSEDED: Placed = { kind: 'superseded' };

/** Milliseconds to wait until no other process is using the database. */
const PATIENCE_MS = 10_000;

/** Thrown under the database's own lock, to leave it as it is. */
class Superseded extends Error {}

/**
 * Puts a fetched database in its place, unless the file there is newer. A live database is written into, in one
 * transaction, so that a process that has it open sees all of the old or all of the new; if there is none, a complete
 * new file appears. Call it with the tenant's lock held.
 *
 * @throws {Failure} `disk`, `lock-timeout`: the old one is still there.
 */
export async function placeDatabase(placement: Placement): Promise<Placed> {
  const { tenant } = placement;
  for (;;) {
    const local = readLocal(tenant.path);
    if (local) return await placeOver(placement, local);
    if (placeNew(placement)) return { kind: 'placed', kept: null };
  }
}

/** False when a file has appeared there meanwhile: an application that opens a database makes an empty one. */
function placeNew(placement: Placement): boolean {
  const { tenant, image, learnt, like } = placement;
  const { path } = tenant;
  const staged = fetchedPath(path);
  const placed = onDisk('cannot make', path, () => {
    try {
      writeNewFile(staged, [image.bytes], { ...like, mtime: learnt.time });
      if (!readFileSync(staged).equals(image.bytes)) throw notAsWritten(staged);
      // A log left behind by a database that is gone would be replayed into the new one.
      const logs = ['-wal', '-shm', '-journal'].map((suffix) => path + suffix).filter(stands);
      for (const log of logs) rmSync(log, { force: true });
      if (logs.length > 0) syncDirectory(dirname(path));
      return appear(staged, path);
    } finally {
      rmSync(staged, { force: true });
      syncDirectory(dirname(path));
    }
  });
  if (placed) remember(placement, image.digest);
  return placed;
}

function remember({ tenant, learnt, seen, base }: Placement, digest: string): void {
  if (base !== undefined) {
    seen.finishInstall(tenant.name, base);
    return;
  }
  const { etag, time } = learnt;
  seen.together(() => {
    seen.recordTimes([[tenant.name, learnt]]);
    seen.finishInstall(tenant.name, { etag, time, digest });
  });
}

/** Other than a rename, this never replaces anything. @param link in place of `linkSync`, in tests of file systems without it */
export function appear(staged: string, path: string, link = linkSync): boolean {
  try {
    link(staged, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // Not every file system has hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error;
    if (stands(path)) return false;
    renameSync(staged, path);
    return true;
  }
}

function stands(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function placeOver(placement: Placement, before: LocalCopy): Promise<Placed> {
  const { tenant, image, learnt, seen } = placement;
  const { etag, time } = learnt;
  const { name, path } = tenant;
  if (before.linked || !isOlder(before, time)) return SUPERSEDED;
  // A database that SQLite would never finish reading does not count. Check this before it is opened.
  const isReadable = before.empty || liveSchemaProblem(path) === null;
  // Open until the end: the last one to close a database may write to it, which would look like a change.
  const watch = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    const { oldDigest, stamp, changed } = await examine(watch, placement, before, isReadable);
    const kept = changed && keepCopy(path, changed, { modified: before.modified, now: new Date() });
    const swapped = await swapDatabase({
      path,
      image: image.bytes,
      staged: fetchedPath(path),
      mtime: time,
      intoEmpty: true,
      invalid: 'tenant-invalid',
      announce: (digest) => {
        const install = { etag, time, digest, oldDigest, oldModified: before.modified };
        if (placement.base === undefined) seen.announce(name, install);
      },
      locked: () => {
        if (stampOf(path) !== stamp) throw new Superseded();
      },
    });
    // Closing it may remove its log; after a kill in the middle of that, the next run repairs it, since the install is
    // announced.
    watch.close();
    remember(placement, swapped.digest);
    return { kind: 'placed', kept };
  } catch (error) {
    if (error instanceof Superseded) {
      seen.finishInstall(name, null);
      return SUPERSEDED;
    }
    await resumeInstall(tenant, seen);
    throw databaseError(name, path, error);
  } finally {
    watch.close();
  }
}

interface Examined {
  /** Null for an empty one, and for one that is not a database. */
  readonly oldDigest: string | null;
  /** `stampOf` the database at that time; any other means that it was written to since. */
  readonly stamp: string;
  /** Its content, where that has been changed here since this machine and the store had the same, or may be the newer one. */
  readonly changed: ProvedImage | null;
}

/**
 * Checks the file that will be replaced, at a moment when no process is writing to it.
 *
 * @throws {Superseded}
 */
async function examine(
  db: Database,
  placement: Placement,
  before: LocalCopy,
  isReadable: boolean,
): Promise<Examined> {
  const { tenant, learnt, seen } = placement;
  const { name, path } = tenant;
  const nothing = (): Examined => ({ oldDigest: null, stamp: stampOf(path), changed: null });
  if (before.empty) {
    return await untilFree(patience(path, PATIENCE_MS), () => {
      // Files of a log that reading makes beside it must not look like a change afterwards.
      db.pragma('schema_version');
      const found = nothing();
      // Changes since it was checked stay.
      if (readLocal(path)?.empty !== true) throw new Superseded();
      return found;
    });
  }
  if (!isReadable) return nothing();
  const known = seen.get(name);
  // SQLite undoes what a killed application has left half done, by which it gets a new time.
  const unfinished = (statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  try {
    return await untilFree(patience(path, PATIENCE_MS), () => {
      db.exec('BEGIN IMMEDIATE');
      try {
        const now = readLocal(path);
        if (!unfinished && now && !isOlder(now, learnt.time)) throw new Superseded();
        const bytes = readImage(db);
        const digest = imageDigest(bytes);
        const isChanged = known !== null && !isAsSeen(before, digest, known);
        // A database made from the fetched version is newer, whatever its time; another file put there is not.
        const isGrown = isChanged && known.etag === learnt.etag && mayBeSince(before.modified, known);
        if (isGrown) throw new Superseded();
        const isKept = isChanged || placement.doubtful;
        return { oldDigest: digest, stamp: stampOf(path), changed: isKept ? { bytes, digest } : null };
      } finally {
        db.exec('ROLLBACK');
      }
    });
  } catch (error) {
    if (!isNoDatabase(error)) throw error;
    return nothing();
  }
}

/** One that was here already when it was first seen is known by its time alone. */
function isAsSeen({ modified }: LocalCopy, digest: string, { digest: seen, time }: Seen): boolean {
  return seen === null ? wholeSeconds(modified) === wholeSeconds(time) : seen === digest;
}
