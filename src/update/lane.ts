import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { type Lock, tryLock } from '../database/lock.ts';
import { ensureTrustedDir } from '../database/state-dir.ts';

/**
 * Runs that may have the store asked at a time. A second one, so that nobody waits for a run that is slow to be answered;
 * no more, so that of many requests which come together most find that another run has done it all for them.
 */
export const LANES = 2;

/**
 * Takes a lane, which ends with this process; null when the wait for one is over, or none can be made. Not to have one
 * costs a request to the store, and nothing else.
 *
 * @param patienceMs to wait for one: the store may be slow, which shall not keep everybody waiting
 */
export async function takeLane(dbDir: string, patienceMs: number): Promise<Lock | null> {
  const directory = made(dbDir);
  if (directory === null) return null;
  const deadline = monotonicMs() + patienceMs;
  for (;;) {
    const lock = freeLane(directory);
    if (lock) return lock;
    if (monotonicMs() >= deadline) return null;
    await wait(5 + Math.random() * 15);
  }
}

/** The same at once or not at all. */
export function tryLane(dbDir: string): Lock | null {
  const directory = made(dbDir);
  return directory === null ? null : freeLane(directory);
}

function freeLane(directory: string): Lock | null {
  for (let lane = 0; lane < LANES; lane++) {
    const lock = take(join(directory, `lane-${lane}.lock`));
    if (lock) return lock;
  }
  return null;
}

/** What is wrong with a directory is told of by the run itself. */
function made(dbDir: string): string | null {
  try {
    return ensureTrustedDir(dbDir);
  } catch {
    return null;
  }
}

/** And so is a disk that fails. */
function take(path: string): Lock | null {
  try {
    return tryLock(path);
  } catch {
    return null;
  }
}
