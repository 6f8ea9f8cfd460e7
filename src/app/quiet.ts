import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { type Lock, tryLock } from '../database/lock.ts';
import { trustedDirOf } from '../database/state-dir.ts';
import { moment } from '../journal/arrival.ts';
import type { Arrival } from '../journal/journal-model.ts';
import { setMtime } from '../rights/files.ts';
import { asRoot } from '../rights/rights.ts';
import { navigatorPath } from '../site/paths.ts';
import type { Site } from '../site/site.ts';

/** Milliseconds for a request to end, and for Navigator to load a configuration of 400 events after it. */
const LOAD_MS = 700;
/** Milliseconds. No request waits longer, whatever the clock says. */
const LONGEST_MS = 5000;

/** Let go when this process ends, and not before: that is what others wait for. */
let held: Lock | null = null;

/**
 * Waits, in a request that has changed nothing, until its end does not make Navigator reload once more.
 *
 * Navigator looks at navigator.yml whenever such a request ends, and reloads where its time is later than the end of the
 * last load. After a change that time is a second ahead (`freshMtime`), so that a load which was under way just then is
 * not the last one; so of twenty requests that came together, each would be followed by a reload. Those that had come
 * before the change go one by one: the first of them ends when that time has passed, so that the load which follows it is
 * later; the others end when that load is over.
 *
 * @param arrived when the request came
 */
export async function keepQuiet(site: Site, arrived: Arrival): Promise<void> {
  const stats = statSync(navigatorPath(site), { throwIfNoEntry: false });
  // A later request does not come with twenty others, and need not wait.
  if (!stats || stats.ctimeMs <= Date.now() - Number(moment().monotonicNs - arrived.monotonicNs) / 1e6)
    return;
  const path = join(trustedDirOf(site.dbDir), 'first.lock');
  const deadline = monotonicMs() + LONGEST_MS;
  do {
    const lock = attempt(path);
    if (lock) return await inTurn(lock, path, stats.mtimeMs);
    // The first one holds it until that time has passed, at the least.
    await pause(Math.max(stats.mtimeMs, Date.now()) + 20 * Math.random() + 10);
  } while (monotonicMs() < deadline);
}

/** @param mtime of navigator.yml, by which the lock's file says whether somebody was the first after this change */
async function inTurn(lock: Lock, path: string, mtime: number): Promise<void> {
  const { mtimeMs: led, ctimeMs: ledAt } = asRoot(() => statSync(path));
  if (led === mtime) {
    lock.release();
    return await pause(ledAt + LOAD_MS);
  }
  held = lock;
  await pause(mtime);
  setMtime(path, mtime);
}

/** @param until milliseconds since 1970 */
async function pause(until: number): Promise<void> {
  const ms = until - Date.now();
  if (ms > 0) await wait(Math.min(ms, LONGEST_MS));
}

function attempt(path: string): Lock | null {
  if (held) return null;
  try {
    return tryLock(path);
  } catch {
    return null;
  }
}
