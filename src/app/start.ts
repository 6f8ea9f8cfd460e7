import { statSync } from 'node:fs';
import { arrival } from '../journal/arrival.ts';
import { readSeconds } from '../settings.ts';
import { siteFrom } from '../site/environment.ts';
import { htpasswdPath } from '../site/paths.ts';
import { runStart } from '../update/start.ts';
import { makeDirectories } from './directories.ts';
import { runHook } from './hook.ts';
import { hostOf, type World } from './parts.ts';
import { isSupervised, runSupervised } from './supervise.ts';

const HELP = `Usage: start

Navigator's start hook, before it serves: makes the directories that the application needs
and that are missing, finishes or undoes an update that was interrupted, and writes htpasswd
from the local index, within START_DEADLINE seconds (20). It never uses the network, since
Navigator waits for it.
The environment says where everything is, as for update_config.
Exit codes: 0 done, or failed where an htpasswd is in place (the site stays up with that);
1 failed without one; 2 the options make no sense.
`;

/** Seconds; Navigator gives it 30, and ends itself after that. */
const DEADLINE = 20;

/**
 * Runs the start hook. A first start whose start hook fails ends Navigator, so it fails only where serving would be
 * worse: when there is no htpasswd, with which Navigator would let everybody in. With the old one in place the site
 * stays up, and the log says what is wrong. The work is done in a process of its own, which is ended when it hangs.
 */
export async function runStartHook(
  world: World,
  args: readonly string[],
  write: (text: string) => void,
): Promise<0 | 1 | 2> {
  if (args.length === 0 && !isSupervised(world.env)) return await watchWork(world, write);
  return await runHook({ world, args, help: HELP, write }, async (parts) => {
    makeDirectories(parts);
    const { outcome } = await runStart(parts, arrival());
    return outcome === 'failed' ? 1 : 0;
  });
}

async function watchWork(world: World, write: (text: string) => void): Promise<0 | 1> {
  const limitMs = deadlineOf(world);
  const code = await runSupervised(process.env, limitMs);
  if (code === null) {
    const hint =
      'Look in the db dir for what is not a file, such as a pipe beside index.sqlite3; move it aside.';
    write(`Failed (out-of-time): the start hook was ended after ${limitMs / 1000} s\nWhat to do: ${hint}\n`);
  }
  return code === 0 || hasHtpasswd(world) ? 0 : 1;
}

/** A wrong setting is told by the process that does the work. */
function deadlineOf({ env }: World): number {
  try {
    return readSeconds(env, 'START_DEADLINE', DEADLINE);
  } catch {
    return DEADLINE * 1000;
  }
}

/** Goes by the variables that name its directory alone: another one may be what is wrong. */
function hasHtpasswd(world: World): boolean {
  const { APP_ROOT, RAILS_DB_VOLUME } = world.env;
  try {
    const site = siteFrom({ APP_ROOT, RAILS_DB_VOLUME }, hostOf(world), null);
    const stats = statSync(htpasswdPath(site));
    return stats.isFile() && stats.size > 0;
  } catch {
    return false;
  }
}
