import { statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { trustedDirOf } from '../journal/state-dir.ts';
import { tryLock } from '../lock/lock.ts';
import { navigatorPath } from '../site/paths.ts';
import type { Site } from '../site/types.ts';

/** Milliseconds that Navigator takes to load a configuration, on a machine with 400 events and other work to do. */
const LOAD_MS = 700;

/**
 * Waits, in a request that has changed nothing, until its end does not make Navigator reload once more.
 *
 * Navigator looks at navigator.yml whenever such a request ends, and its time is a second ahead of the clock after each
 * change (`freshMtime`), so that a load which was under way just then is not the last one. So of twenty requests that came
 * together, each would be followed by a reload. Those that had come before the change wait until its time has passed: the
 * first of them ends then, and the load that follows is later than that time; the others end when that is over.
 */
export async function keepQuiet(site: Site): Promise<void> {
  const stats = statSync(navigatorPath(site), { throwIfNoEntry: false });
  // Who comes later does not come with twenty others, and has no reason to wait.
  if (!stats || stats.ctimeMs <= Date.now() - performance.now()) return;
  const isPast = () => Date.now() >= stats.mtimeMs;
  const first = isPast() ? null : tryFirst(site);
  const until = stats.mtimeMs + (first ? 0 : LOAD_MS);
  const pause = until - Date.now();
  // A clock that was set meanwhile makes nobody wait for long.
  if (pause > 0 && pause < 5000) await wait(pause);
}

/** The lock is let go when this process ends: that is what the others wait for. */
function tryFirst({ dbDir }: Site): object | null {
  try {
    return tryLock(join(trustedDirOf(dbDir), 'first.lock'));
  } catch {
    return null;
  }
}
