import { lstatSync, renameSync, rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';
import { imageDigest, openImage, readImage } from '../index/open.ts';
import { type Database, openDatabase } from '../sqlite.ts';
import { backUp } from './backup.ts';
import { type Patience, patience, untilFree } from './busy.ts';
import { setMtime, syncDirectory } from './commit.ts';
import { codeOf, diskError, isDirectory } from './disk.ts';
import { stagedPath } from './names.ts';
import { pageSizeOf, repage } from './repage.ts';
import { ownershipFor, writeNewFile } from './stage.ts';

export interface Swap {
  /** The live database. */
  readonly path: string;
  /** A whole database, proved to be one. */
  readonly image: Buffer;
  readonly run: string;
  /** What the file's time of last change shall be: when the index was changed. */
  readonly mtime: Date;
  /** Milliseconds to wait for readers and writers to leave a gap; 10 s unless told. */
  readonly busyTimeoutMs?: number;
  /** Told, before the first change, the `imageDigest` of what will be installed. */
  readonly announce?: (digest: string) => void;
}

export interface Swapped {
  /** `imageDigest` of what is installed now; that of the image, unless its page size had to be changed. */
  readonly digest: string;
  /** `backup`: written into the live database. `rename`: a new file, since there was no database to write into. */
  readonly way: 'backup' | 'rename';
}

/** Permission bits of an index where there was none: it holds password hashes. */
const NEW_MODE = 0o640;

/**
 * Puts a database image in the place of a live database, for its readers and writers in one step.
 *
 * The bytes go through SQLite's online backup, as one transaction of the live database: whoever has it open sees all of
 * the old or all of the new, and a kill leaves a journal that the next opener rolls back or replays. Only where there
 * is no database that could be written into is a new file renamed into place. Owner, mode and journal mode stay.
 *
 * @throws {Failure} `lock-timeout`: never a gap; `disk`: in both cases the old index is still there. `internal`: what can
 * be read afterwards is damaged.
 */
export async function swapIndex(swap: Swap): Promise<Swapped> {
  const { path } = swap;
  try {
    const patient = patience(path, swap.busyTimeoutMs ?? 10_000);
    const target = await inspect(patient);
    const swapped = target ? await backUpInto(swap, target, patient) : replaceFile(swap);
    await settle(patient, swapped.digest, swap.mtime);
    return swapped;
  } catch (error) {
    throw diskError('cannot replace', path, error);
  }
}

interface Target {
  readonly pageSize: number;
  readonly wal: boolean;
}

/** What the live database is like; null when there is none, or nothing that SQLite would write into. */
async function inspect(patient: Patience): Promise<Target | null> {
  const { path } = patient;
  const stats: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw isDirectory(path);
  if (!stats?.isFile() || stats.size === 0) return null;
  return await untilFree(patient, () => {
    try {
      return withDatabase(path, (db) => {
        db.pragma('schema_version');
        return {
          pageSize: Number(db.pragma('page_size', { simple: true })),
          wal: db.pragma('journal_mode', { simple: true }) === 'wal',
        };
      });
    } catch (error) {
      if (/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) return null;
      throw error;
    }
  });
}

async function backUpInto(swap: Swap, target: Target, patient: Patience): Promise<Swapped> {
  // Only in rollback mode can SQLite change the page size of a database in use.
  const fits = !target.wal || pageSizeOf(swap.image) === target.pageSize;
  const image = fits ? swap.image : repage(swap.image, target.pageSize, stagedPath(swap.path, swap.run));
  const source = openImage(image);
  try {
    const digest = imageDigest(wholePages(source));
    swap.announce?.(digest);
    await backUp(source, patient);
    return { digest, way: 'backup' };
  } finally {
    source.close();
  }
}

/**
 * What remains to be done when the new index is in place: a look at what readers see now, and its date. A disk that is
 * full by now, or readers that leave no gap, may keep us from either; that takes nothing back, so it is no failure.
 */
async function settle(patient: Patience, digest: string, mtime: Date): Promise<void> {
  const { path } = patient;
  for (const task of [() => prove(path, digest), () => setMtime(path, mtime.getTime())]) {
    try {
      await untilFree(patient, task);
    } catch (error) {
      const failure = diskError('cannot look at', path, error);
      if (!(failure instanceof Failure) || !['disk', 'lock-timeout'].includes(failure.code)) throw failure;
    }
  }
}

/**
 * Compares what readers see now with what was written, and makes it durable where it still stands in a write-ahead log.
 *
 * @throws {Failure} `internal`: it is damaged.
 */
function prove(path: string, digest: string): void {
  withDatabase(path, (db) => {
    db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(PASSIVE)');
    if (imageDigest(readImage(db)) === digest) return;
    // Somebody may have written to it since; then it is still in order.
    const found = db.pragma('quick_check(1)', { simple: true });
    if (found === 'ok') return;
    throw new Failure('internal', `${path} is not in order after it was replaced: ${String(found)}`, {
      hint: 'Roll back to the generation before it (--rollback), and look at the health of that disk.',
    });
  });
}

/** The image of a database in memory, without bytes that do not belong to any of its pages. */
function wholePages(source: Database): Buffer {
  const pages = Number(source.pragma('page_count', { simple: true }));
  return source.serialize().subarray(0, pages * Number(source.pragma('page_size', { simple: true })));
}

function replaceFile({ path, image, run, announce }: Swap): Swapped {
  const source = openImage(image);
  const pages = wholePages(source);
  source.close();
  const digest = imageDigest(pages);
  announce?.(digest);
  const staged = stagedPath(path, run);
  try {
    writeNewFile(staged, [image.subarray(0, pages.length)], ownershipFor(path, NEW_MODE));
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
