import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Backoff, backoff } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import { tryLock } from '../database/lock.ts';
import { Failure } from '../failure.ts';
import { readRemembered } from '../journal/remembered.ts';
import type { Tell } from '../report/events.ts';
import type { Site } from '../site/site.ts';
import { ensureReadyDir } from './ready-place.ts';

export interface Convergence {
  readonly site: Site;
  readonly report: Tell;
  /** Where Navigator answers `POST update_config`, such as `/showcase/update_config`. */
  readonly path: string;
  readonly backoff: Backoff;
  /** `monotonicMs()` after which nothing is tried any more. */
  readonly endsAt: number;
}

/** Milliseconds for one update, the store's own time-out included. */
const TIMEOUT_MS = 120_000;
/** Milliseconds to wait for an update that holds the journal. */
const PATIENCE_MS = 5000;

/**
 * Repeats the update that failed when a machine came up, with growing pauses, until it succeeds or the time is up:
 * perhaps no other request comes. It asks Navigator, which then reloads. One process does so at a time; each later hook
 * starts again.
 *
 * @throws {Failure} as `ensureReadyDir`
 */
export async function converge({ site, report, path, backoff: pauses, endsAt }: Convergence): Promise<void> {
  if (!(await isOwed(site))) return;
  const lock = tryLock(join(ensureReadyDir(site.appRoot), 'converge'));
  if (!lock) return;
  const say = (message: string) => report({ type: 'note', message });
  try {
    for (let attempt = 1; await isOwed(site); attempt++) {
      const pause = backoff(pauses, attempt);
      if (monotonicMs() + pause >= endsAt) {
        say('this machine serves from the index that it has; the next update asks the store again');
        return;
      }
      await wait(pause);
      const left = Math.max(1000, endsAt - monotonicMs());
      say(await askNavigator(site.listenPort, path, Math.min(TIMEOUT_MS, left)));
    }
  } finally {
    lock.release();
  }
}

/** If it cannot be read now, it is requested again later. */
async function isOwed({ dbDir }: Site): Promise<boolean> {
  try {
    return (await readRemembered(dbDir, PATIENCE_MS)).owedUpdate !== null;
  } catch (error) {
    if (error instanceof Failure) return error.code === 'lock-timeout';
    throw error;
  }
}

/** @returns how it went, in words */
function askNavigator(port: number, path: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', agent: false, timeout: timeoutMs };
    const asked = request({ ...options, headers: { 'Content-Length': 0 } }, (answer) => {
      answer.resume();
      answer.on('end', () =>
        resolve(`the update that is owed was requested; the answer was status ${answer.statusCode}`),
      );
      answer.on('error', (error) =>
        resolve(`the update that is owed was requested; the answer broke off (${error.message})`),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    asked.on('error', (error) => resolve(`the update that is owed could not be requested: ${error.message}`));
    asked.end();
  });
}
