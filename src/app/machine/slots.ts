import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, tryLock } from '../../database/lock.ts';
import { stateDirOf } from '../../database/state-dir.ts';
import { Failure } from '../../failure.ts';
import { makeDirectory, makePrivateDirectory } from '../../rights/directories.ts';
import { inDirectory } from '../../rights/rights.ts';
import { placeOfRoots } from '../../rights/state-place.ts';
import type { Site } from '../../site/site.ts';
import { LANES, tryLane } from '../../update/lane.ts';

/**
 * Requests that are served at a time, waiting for each other included. Anybody may send one, each is a process of its own
 * that takes 13 to 20 MiB, and Navigator starts as many as are sent.
 */
const SERVED = 24;
/** A request with a lane needs no slot: most requests come alone, and then take one lock. */
const SLOTS = SERVED - LANES;

/** A place among the requests that are served, which ends with this process. */
export interface Place {
  readonly lock: Lock;
  /** Whether it is a lane, too. */
  readonly isLane: boolean;
}

/** How many bodies are read at a time. A slow sender, signed or not, must not block updates. */
const PUSH_SLOTS = 4;

/**
 * Takes a place among the requests that this machine serves at a time. Where there is nowhere to keep count in yet, nothing
 * has been installed, and there is nothing to be kept from.
 *
 * @param asksStore whether the request is one that needs a lane
 * @throws {Failure} `busy`: all are taken
 */
export function takePlace({ dbDir }: Pick<Site, 'dbDir'>, asksStore: boolean): Place | null {
  const found = takeOne(slotsOf(dbDir, 'slots'), SLOTS, () => (asksStore ? tryLane(dbDir) : null));
  if (found !== 'taken') return found;
  throw new Failure('busy', `this machine serves ${SERVED} requests already`, {
    hint: 'Try again in a moment: these requests wait for the update that is running.',
  });
}

/**
 * The same among those whose body is read.
 *
 * @throws {Failure} `busy`: all are taken
 */
export function takePushSlot({ dbDir }: Pick<Site, 'dbDir'>): Lock | null {
  const found = takeOne(slotsOf(dbDir, 'push-slots'), PUSH_SLOTS, () => null);
  if (found !== 'taken') return found?.lock ?? null;
  throw new Failure('busy', `this machine is being sent ${PUSH_SLOTS} indexes already`, {
    hint: 'Ask again in a moment.',
  });
}

/** @param lane takes one, for a request that needs it */
function takeOne(directory: string, count: number, lane: () => Lock | null): Place | 'taken' | null {
  try {
    if (!inDirectory(directory, () => existsSync(directory))) return null;
    const own = lane();
    if (own) return { lock: own, isLane: true };
    // Not all of them at the same one.
    const first = process.pid % count;
    for (let tried = 0; tried < count; tried++) {
      const lock = tryLock(join(directory, `${(first + tried) % count}.lock`));
      if (lock) return { lock, isLane: false };
    }
    return 'taken';
  } catch {
    return null; // such as a disk that fails, which the request itself will tell of
  }
}

/**
 * Makes the slots, after a request that was served well: one that fails changes nothing on disk.
 *
 * @returns why that could not be done; the next request tries again
 */
export function makeSlots({ dbDir }: Pick<Site, 'dbDir'>): string | null {
  try {
    makeAll(slotsOf(dbDir, 'slots'), SLOTS);
    makeAll(slotsOf(dbDir, 'push-slots'), PUSH_SLOTS);
    return null;
  } catch (error) {
    return `requests are not counted, and more than ${SERVED} may run at a time: ${(error as Error).message}`;
  }
}

function makeAll(directory: string, count: number): void {
  // In this order: the last one is there when all are.
  const last = join(directory, `${count - 1}.lock`);
  if (inDirectory(directory, () => existsSync(last))) return;
  makeDirectory(join(directory, '..'));
  makePrivateDirectory(directory);
  const make = (slot: number) => closeSync(openSync(join(directory, `${slot}.lock`), 'a', 0o600));
  for (let slot = 0; slot < count; slot++) inDirectory(directory, () => make(slot));
}

function slotsOf(dbDir: string, name: 'slots' | 'push-slots'): string {
  return join(placeOfRoots('running', dbDir) ?? stateDirOf(dbDir), name);
}
