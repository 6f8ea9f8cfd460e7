import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pauseBetweenLooks } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import { type Lock, tryLock } from '../database/lock.ts';
import { ensureTrustedDir } from '../database/state-dir.ts';
import { inDirectory } from '../rights/rights.ts';

/**
 * How many runs may ask the store at a time. Two, so that one slow answer does not block the others; not more, so that
 * of many requests that arrive together most find that another run has done their work.
 */
export const LANES = 2;

/**
 * Takes a lane, which ends with this process; null if the wait is over or no lane can be made. A run without a lane
 * costs one more request to the store, and nothing else.
 *
 * @param patienceMs to wait for a lane; limited, since the store may be slow
 */
export async function takeLane(dbDir: string, patienceMs: number): Promise<Lock | null> {
  const directory = made(dbDir);
  if (directory === null) return null;
  const began = monotonicMs();
  for (;;) {
    const lock = freeLane(directory);
    if (lock) return lock;
    const waited = monotonicMs() - began;
    if (waited >= patienceMs) return null;
    await wait(Math.min(patienceMs - waited, pauseBetweenLooks(waited)));
  }
}

/** The same at once or not at all. */
export function tryLane(dbDir: string): Lock | null {
  const directory = made(dbDir);
  return directory === null ? null : freeLane(directory);
}

function freeLane(directory: string): Lock | null {
  const paths = Array.from({ length: LANES }, (_, lane) => join(directory, `lane-${lane}.lock`));
  // One step for both: to take the rights for it costs several times what a lock does.
  return inDirectory(directory, () => {
    for (const path of paths) {
      const lock = take(path);
      if (lock) return lock;
    }
    return null;
  });
}

/** The run itself reports a directory that cannot be used. */
function made(dbDir: string): string | null {
  try {
    return ensureTrustedDir(dbDir);
  } catch {
    return null;
  }
}

/** It reports a failing disk, too. */
function take(path: string): Lock | null {
  try {
    return tryLock(path);
  } catch {
    return null;
  }
}
