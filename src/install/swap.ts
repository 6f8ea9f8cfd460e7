import { lstatSync, renameSync, rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { imageDigest, openImage } from '../index/open.ts';
import { type Database, openDatabase } from '../sqlite.ts';
import { setMtime, syncDirectory } from './commit.ts';
import { codeOf, diskError, isDirectory, onDisk } from './disk.ts';
import { pageSizeOf } from './image.ts';
import { stagedPath } from './names.ts';
import { repage } from './repage.ts';
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
 * @throws {Failure} `lock-timeout`: never a gap; `disk`; `internal`: what can be read afterwards is not what was written.
 */
export async function swapIndex(swap: Swap): Promise<Swapped> {
  const { path } = swap;
  try {
    const target = await inspect(swap);
    const swapped = target ? await backUpInto(swap, target) : replaceFile(swap);
    setMtime(path, swap.mtime.getTime());
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
async function inspect(swap: Swap): Promise<Target | null> {
  const stats: Stats | undefined = lstatSync(swap.path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw isDirectory(swap.path);
  if (!stats?.isFile() || stats.size === 0) return null;
  return untilFree(swap, () => {
    try {
      return withDatabase(swap.path, (db) => {
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

async function backUpInto(swap: Swap, target: Target): Promise<Swapped> {
  // Only in rollback mode can SQLite change the page size of a database in use.
  const fits = !target.wal || pageSizeOf(swap.image) === target.pageSize;
  const image = fits ? swap.image : repage(swap.image, target.pageSize, stagedPath(swap.path, swap.run));
  const source = openImage(image);
  try {
    await untilFree(swap, () => copyOnce(source, swap.path));
  } finally {
    source.close();
  }
  return { digest: await prove(swap, image), way: 'backup' };
}

/** Thrown when another connection is in the way. */
class Busy extends Error {}

/**
 * One attempt to write all pages in one transaction.
 *
 * The backup's own connection has no busy time-out, and asks for its lock only once. Where readers come and go all the
 * time (rollback mode), that once is never the right moment; so an own connection first waits for its turn, which
 * keeps new readers out until the old ones have left, and the attempt follows while they still sleep.
 */
async function copyOnce(source: Database, path: string): Promise<void> {
  withDatabase(path, (db) => db.exec('BEGIN EXCLUSIVE; ROLLBACK'), TURN_MS);
  let calls = 0;
  const { totalPages } = await source.backup(path, {
    progress: () => {
      calls += 1;
      if (calls > 1) throw new Busy('the last page could not be written');
      return 0x7fffffff;
    },
  });
  // A backup that could not even get its lock says that nothing remains to be done.
  if (totalPages === 0) throw new Busy('the lock could not be had');
}

/** Milliseconds that one attempt waits, blocking, for readers to leave. */
const TURN_MS = 250;

/** Tries again, some milliseconds later each time, while another connection is in the way. */
async function untilFree<T>({ path, busyTimeoutMs = 10_000 }: Swap, work: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Busy) && !/^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))) throw error;
      if (performance.now() >= deadline) {
        throw new Failure(
          'lock-timeout',
          `${path} has been in use without a gap for ${busyTimeoutMs / 1000} s`,
          {
            hint: 'Look for a program that holds a transaction open on it (fuser, lsof), end it, then try again.',
            cause: error,
          },
        );
      }
    }
    await wait(1 + Math.random() * 10);
  }
}

/** Reads back what readers now see; makes it durable where it still stands in a write-ahead log. */
async function prove(swap: Swap, image: Buffer): Promise<string> {
  const digest = imageDigest(image);
  await untilFree(swap, () =>
    withDatabase(swap.path, (db) => {
      db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(PASSIVE)');
      if (imageDigest(db.serialize()) === digest) return;
      // Somebody may have written to it since.
      const found = db.pragma('quick_check(1)', { simple: true });
      if (found === 'ok') return;
      throw new Failure('internal', `${swap.path} is not in order after it was replaced: ${String(found)}`, {
        hint: 'Roll back to the generation before it (--rollback), and look at the health of that disk.',
      });
    }),
  );
  return digest;
}

function replaceFile({ path, image, run }: Swap): Swapped {
  const staged = stagedPath(path, run);
  try {
    writeNewFile(staged, image, ownershipFor(path, NEW_MODE));
    // A log left behind by a database that is gone would be replayed into the new one.
    for (const suffix of ['-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
    syncDirectory(dirname(path));
    renameSync(staged, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
  const digest = imageDigest(image);
  const found = onDisk('cannot read back', path, () =>
    withDatabase(path, (db) => imageDigest(db.serialize())),
  );
  if (found !== digest) {
    throw new Failure('disk', `${path} does not hold what was written to it`, {
      hint: 'Look at the health of that disk or volume (dmesg), then run it again.',
    });
  }
  return { digest, way: 'rename' };
}

function withDatabase<T>(path: string, work: (db: Database) => T, busyTimeoutMs = 0): T {
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
