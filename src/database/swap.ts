import { lstatSync, renameSync, rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Failure, type FailureCode } from '../failure.ts';
import { codeOf, diskError, isDirectory } from '../files/disk.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { ownershipFor, writeNewFile } from '../rights/files.ts';
import { backUp } from './backup.ts';
import { type Patience, patience, untilFree } from './busy.ts';
import { dateUnlessChanged } from './date.ts';
import { encodingOf, pageSizeOf } from './header.ts';
import { imageDigest, openImage } from './image.ts';
import { quickCheck } from './integrity.ts';
import { usesLog } from './pages.ts';
import { type Database, openDatabase } from './sqlite.ts';

export interface Swap {
  /** The live database. */
  readonly path: string;
  /** A whole database, proved to be one. */
  readonly image: Buffer;
  /** Where something may be prepared, in the same directory: nothing stands there. */
  readonly staged: string;
  /** The file's new time of last change: when the database was changed. */
  readonly mtime: Date;
  /** Milliseconds to wait for readers and writers to leave a gap; 10 s by default. */
  readonly busyTimeoutMs?: number;
  /** Called before the first change, with the `imageDigest` of the new content. */
  readonly announce?: (digest: string) => void;
  /**
   * Called right before the first change, when no other process can write to the live database any more; if it throws,
   * the database stays as it is.
   */
  readonly locked?: () => void;
  /** Write into an empty file, too: a program may have it open. It is replaced otherwise. */
  readonly intoEmpty?: boolean;
  /** The code of the failure if the image does not fit; `index-invalid` by default. */
  readonly invalid?: FailureCode;
}

export interface Swapped {
  /** `imageDigest` of what is installed now; that of the image, unless its page size had to be changed. */
  readonly digest: string;
  /** `backup`: written into the live database. `rename`: a new file, since there was no database to write into. */
  readonly way: 'backup' | 'rename';
}

/** Permission bits of a database where there was none: an index holds password hashes. */
const NEW_MODE = 0o640;

/**
 * Replaces the content of a live database by an image, for its readers and writers in one step.
 *
 * The bytes go through SQLite's online backup, as one transaction of the live database: a process that has it open sees
 * all of the old or all of the new, and a kill leaves a journal that the next opener rolls back or replays. Only if
 * there is no database to write into, a new file is renamed into place. Owner, mode and journal mode stay.
 *
 * @throws {Failure} `lock-timeout`: never a gap; `disk`; `index-invalid`, or the swap's own code: the image has another
 *   text encoding than the live database, whose readers would go on reading the old one. In all these cases the old
 *   database is still there. `internal`: the new content is damaged.
 */
export async function swapDatabase(swap: Swap): Promise<Swapped> {
  const { path } = swap;
  try {
    const patient = patience(path, swap.busyTimeoutMs ?? 10_000);
    const target = await inspect(patient, swap);
    const swapped = target ? await backUpInto(swap, target, patient) : replaceFile(swap);
    await finishSwap(patient, swapped.digest, swap.mtime);
    return swapped;
  } catch (error) {
    throw diskError('cannot replace', path, error);
  }
}

interface Target {
  readonly pageSize: number;
  readonly wal: boolean;
  /** Of its texts; null where there are none. */
  readonly encoding: string | null;
}

/** The live database's properties; null if there is none, or none that SQLite would write into. */
async function inspect(patient: Patience, { image, intoEmpty }: Swap): Promise<Target | null> {
  const { path } = patient;
  const stats: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw isDirectory(path);
  if (!stats?.isFile()) return null;
  if (stats.size === 0) return intoEmpty ? { pageSize: pageSizeOf(image), wal: false, encoding: null } : null;
  return await untilFree(patient, () => {
    try {
      // Before it is opened, and from the file: reading the schema of the old one in SQLite may never end.
      const wal = usesLog(path);
      return withDatabase(path, (db) => {
        db.pragma('schema_version');
        return {
          pageSize: Number(db.pragma('page_size', { simple: true })),
          wal,
          encoding: hasTables(db) ? String(db.pragma('encoding', { simple: true })) : null,
        };
      });
    } catch (error) {
      if (/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) return null;
      throw error;
    }
  });
}

function hasTables(db: Database): boolean {
  return db.prepare('SELECT 1 FROM main.sqlite_schema LIMIT 1').get() !== undefined;
}

/** @throws {Failure} */
function refuseOtherEncoding({ path, image, invalid = 'index-invalid' }: Swap, { encoding }: Target): void {
  const theirs = encodingOf(image);
  if (encoding === null || theirs === encoding) return;
  throw new Failure(
    invalid,
    `the new database has the text encoding ${theirs}, and ${path} has ${encoding}`,
    {
      hint: `Nothing was changed. Make that database anew in ${encoding} (PRAGMA encoding, then sqlite3's .dump into it).`,
    },
  );
}

async function backUpInto(swap: Swap, target: Target, patient: Patience): Promise<Swapped> {
  refuseOtherEncoding(swap, target);
  // Only in rollback mode can SQLite change the page size of a database in use.
  const fits = !target.wal || pageSizeOf(swap.image) === target.pageSize;
  const image = fits ? swap.image : repage(swap.image, target.pageSize, swap.staged);
  const source = openImage(image);
  try {
    const digest = imageDigest(wholePages(image, source));
    swap.announce?.(digest);
    await backUp(source, patient, swap.locked);
    return { digest, way: 'backup' };
  } finally {
    source.close();
  }
}

/**
 * The work after the new database is in place: a check of what readers see now, and its time. A disk that is full by
 * then, or other processes that leave no gap, may prevent it; that takes nothing back, so it is not a failure.
 */
async function finishSwap(patient: Patience, digest: string, mtime: Date): Promise<void> {
  try {
    await untilFree(patient, () => prove(patient.path, digest, mtime));
  } catch (error) {
    const failure = diskError('cannot look at', patient.path, error);
    if (!(failure instanceof Failure) || !['disk', 'lock-timeout'].includes(failure.code)) throw failure;
  }
}

/** @throws {Failure} `internal`: it is damaged. */
function prove(path: string, digest: string, mtime: Date): void {
  withDatabase(path, (db) => {
    if (dateUnlessChanged(db, path, digest, mtime)) return;
    // Another process has written to it since; then it is still sound, and has the time of that write.
    const found = quickCheck(db);
    if (found === 'ok') return;
    throw new Failure('internal', `${path} is not in order after it was replaced: ${found}`, {
      hint: 'Look at the health of that disk (dmesg). An index can be rolled back (update_config --rollback).',
    });
  });
}

/** An image without bytes beyond the pages of the database that was opened from it. */
export function wholePages(image: Buffer, source: Database): Buffer {
  const pages = Number(source.pragma('page_count', { simple: true }));
  return image.subarray(0, pages * Number(source.pragma('page_size', { simple: true })));
}

function replaceFile({ path, image, staged, announce, locked }: Swap): Swapped {
  const source = openImage(image);
  const pages = wholePages(image, source);
  source.close();
  const digest = imageDigest(pages);
  announce?.(digest);
  locked?.();
  try {
    writeNewFile(staged, [pages], ownershipFor(path, NEW_MODE));
    // A log left behind by a database that is gone would be replayed into the new one.
    for (const suffix of ['-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
    syncDirectory(dirname(path));
    renameSync(staged, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
  return { digest, way: 'rename' };
}

function withDatabase<T>(path: string, work: (db: Database) => T): T {
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/**
 * The same database with pages of another size. SQLite can do that only in a file, so a private one is made at
 * `scratch`, and removed.
 *
 * @throws {SqliteError} if the image is damaged; system errors if there is no room.
 */
export function repage(image: Buffer, pageSize: number, scratch: string): Buffer {
  try {
    const rollback = Buffer.from(image);
    // Bytes 18 and 19 ask for a write-ahead log, with which the page size could not be changed.
    rollback.fill(1, 18, 20);
    const user = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    writeNewFile(scratch, [rollback], { mode: 0o600, ...user });
    const db = openDatabase(scratch);
    try {
      db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = ${pageSize}; VACUUM`);
      return db.serialize();
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { force: true });
  }
}
