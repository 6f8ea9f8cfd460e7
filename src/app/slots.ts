import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { stateDirOf } from '../journal/state-dir.ts';
import { type Lock, tryLock } from '../lock/lock.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { ensurePlaceOfRoots, placeOfRoots } from '../rights/state-place.ts';
import type { Site } from '../site/types.ts';

/**
 * Requests that are served at a time, waiting for each other included. Anybody may send one, each is a process of its own
 * that takes 13 to 20 MiB, and Navigator starts as many as are sent.
 */
const SLOTS = 24;

/**
 * Takes a place among the requests that this machine serves at a time, as a lock that ends with this process. Where
 * nothing has ever been installed there is no place to keep count in, and nothing to be kept from.
 *
 * @param changes whether the request may change anything on disk: one that may not makes no directory either
 * @throws {Failure} `busy`: all are taken
 */
export function takeSlot({ dbDir }: Pick<Site, 'dbDir'>, { changes }: { changes: boolean }): Lock | null {
  try {
    const directory = slotsOf(dbDir, changes);
    return directory === null ? null : take(directory);
  } catch (error) {
    // A disk that is full must not keep a machine from being updated.
    if (error instanceof Failure && error.code === 'busy') throw error;
    return null;
  }
}

function take(directory: string): Lock {
  // Not all of them at the same one.
  const first = process.pid % SLOTS;
  for (let tried = 0; tried < SLOTS; tried++) {
    const lock = tryLock(join(directory, `${(first + tried) % SLOTS}.lock`));
    if (lock) return lock;
  }
  throw new Failure('busy', `this machine serves ${SLOTS} requests already`, {
    hint: 'Ask again in a moment; whoever asks now waits for the update that is under way.',
  });
}

function slotsOf(dbDir: string, changes: boolean): string | null {
  const ofRoots = placeOfRoots('running', dbDir);
  if (ofRoots !== null) {
    const path = join(ofRoots, 'slots');
    ensurePlaceOfRoots(ofRoots);
    ensurePlaceOfRoots(path);
    return path;
  }
  if (!existsSync(stateDirOf(dbDir))) return null;
  const path = join(stateDirOf(dbDir), 'slots');
  if (changes) makePrivateDirectory(path);
  return existsSync(path) ? path : null;
}
