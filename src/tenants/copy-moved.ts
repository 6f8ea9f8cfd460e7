import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { databaseFile } from '../bucket/object-names.ts';
import { imageDigest, openInstalled, readImage } from '../database/image.ts';
import { wholePages } from '../database/swap.ts';
import { codeOf, onDisk } from '../files/disk.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { MOVE_ENDING, type Move, moveFiles, movesDir } from '../journal/event-moves.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { ownershipOfApplication, writeNewFile } from '../rights/files.ts';
import { fetchedPath } from './kept-copies.ts';
import { stampOf } from './local-copy.ts';
import { databaseError, localSubject } from './tenant-failure.ts';
import type { ProvedImage } from './tenant-image.ts';
import { readProved } from './version-order.ts';

/**
 * For good on the disk when it returns.
 *
 * @throws {Failure} `disk`
 */
export function writeMove(stateDir: string, to: string, move: Move): void {
  const directory = movesDir(stateDir);
  const path = join(directory, to + MOVE_ENDING);
  onDisk('cannot write', path, () => {
    makePrivateDirectory(directory);
    removeStaged(directory, to);
    const staged = fetchedPath(path);
    try {
      writeNewFile(staged, [Buffer.from(JSON.stringify(move))], ownershipOfApplication(0o600));
      renameSync(staged, path);
    } finally {
      rmSync(staged, { force: true });
    }
    syncDirectory(directory);
  });
}

export function forgetMove(stateDir: string, to: string): void {
  const directory = movesDir(stateDir);
  onDisk('cannot clear', directory, () => {
    rmSync(join(directory, to + MOVE_ENDING), { force: true });
    removeStaged(directory, to);
  });
}

/** Removes leftovers of killed runs. Call it with the tenant's lock held, like everything that writes here. */
function removeStaged(directory: string, to: string): void {
  for (const file of moveFiles(directory)) {
    const isStaged = file.startsWith(`.${to}${MOVE_ENDING}.`) && file.endsWith('.fetched');
    if (isStaged) rmSync(join(directory, file), { force: true });
  }
}

export function oldPath(dbDir: string, from: string): string {
  return join(dbDir, databaseFile(from));
}

/** A database as it was after one of its transactions, and the stamp that it had before it was read. */
export interface Held extends ProvedImage {
  readonly stamp: string;
}

/**
 * Reads a database that others may have open, and proves it. To be called with its lock held.
 *
 * @throws {Failure} `tenant-invalid`, `lock-timeout`, `disk`, `command-failed`
 */
export async function readHeld(
  { name, path }: { readonly name: string; readonly path: string },
  maxBytes: number,
): Promise<Held> {
  const subject = localSubject(name);
  const stamp = stampOf(path);
  let image: Buffer;
  try {
    const db = openInstalled(path, { subject, maxBytes });
    if (!db) throw new Error('it is gone');
    try {
      image = readImage(db, subject, maxBytes);
    } finally {
      db.close();
    }
  } catch (error) {
    throw databaseError(name, path, error);
  }
  const bytes = await readProved(image, subject, (db) => wholePages(image, db));
  return { bytes, digest: imageDigest(bytes), stamp };
}

/**
 * Moves an event's old database aside, with SQLite's files beside it, so that a process that has it open can still
 * finish.
 *
 * @returns its new path
 */
export function renameMoved(path: string): string {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const renamed = `${path}.moved-${stamp}`;
  onDisk('cannot move aside', path, () => {
    // The database first: without its log it would be an older one, and look as if it had been written to.
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      try {
        renameSync(path + suffix, renamed + suffix);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }
    syncDirectory(dirname(path));
  });
  return renamed;
}
