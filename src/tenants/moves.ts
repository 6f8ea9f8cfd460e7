import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile } from '../bucket/layout.ts';
import { imageDigest, openInstalled, readImage } from '../index/open.ts';
import { syncDirectory } from '../install/commit.ts';
import { codeOf, onDisk } from '../install/disk.ts';
import { wholePages } from '../install/swap.ts';
import { readRegularFile } from '../regular-file.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { ownershipOfApplication, writeNewFile } from '../rights/files.ts';
import { databaseError, localSubject } from './failure.ts';
import type { ProvedImage } from './image.ts';
import { stampOf } from './local.ts';
import { readProved } from './order.ts';
import { fetchedPath } from './staging.ts';

/*
 * What was copied to the new name of an event, a file for each in the application's state directory, until the ready hook
 * has looked whether the old one was written to since. It decides about nothing but databases of the application's.
 */

export interface Move {
  /** The name of the database before. */
  readonly from: string;
  /** `stampOf` the old one, from before it was read: another one may mean that it was written to since. */
  readonly stamp: string;
  /** `imageDigest` of what was copied. */
  readonly digest: string;
}

const MOST_BYTES = 64 * 1024;
const ENDING = '.json';

function directoryOf(stateDir: string): string {
  return join(stateDir, 'moves');
}

/**
 * What is written down, by the new name. One that cannot be read is none.
 *
 * @throws {Failure} `disk`
 */
export function readMoves(stateDir: string): Map<string, Move> {
  const moves = new Map<string, Move>();
  const directory = directoryOf(stateDir);
  for (const file of onDisk('cannot read', directory, () => filesIn(directory))) {
    if (!file.endsWith(ENDING) || file.startsWith('.')) continue;
    const to = file.slice(0, -ENDING.length);
    const move = readMove(stateDir, to);
    if (move) moves.set(to, move);
  }
  return moves;
}

/** The same of one. */
function readMove(stateDir: string, to: string): Move | null {
  try {
    const found = readRegularFile(join(directoryOf(stateDir), to + ENDING), MOST_BYTES);
    return found.kind === 'file' ? parse(found.bytes.toString('utf8')) : null;
  } catch {
    return null;
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return [];
  }
}

function parse(text: string): Move | null {
  const { from, stamp, digest } = JSON.parse(text) as Record<string, unknown>;
  const isMove = typeof from === 'string' && typeof stamp === 'string' && typeof digest === 'string';
  // Names of events' databases begin with a year: neither the index nor the demo is ever meant.
  return isMove && /^[0-9]{4}-[^/]+$/.test(from) ? { from, stamp, digest } : null;
}

/**
 * For good on the disk when it returns.
 *
 * @throws {Failure} `disk`
 */
export function writeMove(stateDir: string, to: string, move: Move): void {
  const directory = directoryOf(stateDir);
  const path = join(directory, to + ENDING);
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
  const directory = directoryOf(stateDir);
  onDisk('cannot clear', directory, () => {
    rmSync(join(directory, to + ENDING), { force: true });
    removeStaged(directory, to);
  });
}

/** What killed runs have left. To be called with the tenant's lock held, as all that writes here. */
function removeStaged(directory: string, to: string): void {
  for (const file of filesIn(directory)) {
    const isStaged = file.startsWith(`.${to}${ENDING}.`) && file.endsWith('.fetched');
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
