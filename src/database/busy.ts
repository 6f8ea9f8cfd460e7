import { setTimeout as wait } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { Failure } from '../failure.ts';
import { codeOf } from '../files/disk.ts';

/** Thrown when another connection is in the way, where SQLite itself throws nothing. */
export class Busy extends Error {}

/** How long to go on trying for a database that others use. */
export interface Patience {
  readonly path: string;
  readonly limitMs: number;
  /** `monotonicMs()` at which patience ends. */
  readonly deadline: number;
  /** Milliseconds of attempts without a pause. */
  readonly pollMs: number;
}

/** A process that writes all the time leaves gaps of microseconds, which only close attempts find. */
const POLL_MS = 10;
/** Who has been in the way for so long keeps a transaction open, and to look so closely only takes the CPU from others. */
const LONG_MS = 1000;
/** Milliseconds in which one look is enough for all who wait for the same database: each takes the only thread. */
const REST_MS = 10;
const MOST_KEPT = 100;

/** Who looked last at a database in vain, and when that ended; by its path. */
const failedPolls = new Map<string, { readonly by: Patience; readonly at: number }>();

/** @param pollMs less where others are kept waiting by this process */
export function patience(path: string, limitMs: number, pollMs = POLL_MS): Patience {
  return { path, limitMs, deadline: monotonicMs() + limitMs, pollMs };
}

/**
 * Tries until no other connection is in the way: some milliseconds without a pause, then a pause of some milliseconds in
 * which this process can do other things, and so on. After a second the pauses are ten times as long. Of several that wait
 * for one database, one looks at a time.
 *
 * @throws {Failure} `lock-timeout` when patience ends.
 */
export async function untilFree<T>(patient: Patience, work: () => T | Promise<T>): Promise<T> {
  const began = monotonicMs();
  let obstacle: unknown;
  for (;;) {
    const pause = monotonicMs() + patient.pollMs;
    if (obstacle === undefined || !hasJustFailed(patient)) {
      do {
        try {
          return await work();
        } catch (error) {
          if (!isBusy(error)) throw error;
          obstacle = error;
        }
      } while (monotonicMs() < pause && !hasJustFailed(patient));
      noteFailure(patient);
    }
    if (monotonicMs() >= patient.deadline) throw outOfPatience(patient, obstacle);
    const pauseMs = 1 + Math.random() * 4;
    await wait(monotonicMs() - began < LONG_MS ? pauseMs : 10 * pauseMs);
  }
}

/** Whether somebody else has just looked in vain. */
function hasJustFailed(patient: Patience): boolean {
  const last = failedPolls.get(patient.path);
  return last !== undefined && last.by !== patient && monotonicMs() - last.at < REST_MS;
}

function noteFailure(patient: Patience): void {
  failedPolls.delete(patient.path);
  failedPolls.set(patient.path, { by: patient, at: monotonicMs() });
  const [oldest] = failedPolls.keys();
  if (failedPolls.size > MOST_KEPT && oldest !== undefined) failedPolls.delete(oldest);
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Busy || /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error)) || codeOf(error) === 'lock-timeout'
  );
}

function outOfPatience({ path, limitMs }: Patience, cause: unknown): Failure {
  return new Failure('lock-timeout', `${path} has been busy for ${limitMs / 1000} s`, {
    hint: 'Look for a program that holds a transaction open on it (fuser, lsof), end it, then try again.',
    cause,
  });
}
