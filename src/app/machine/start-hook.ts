import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../files/disk.ts';
import { arrival } from '../../journal/arrival.ts';
import { asRoot, rightsNow } from '../../rights/rights.ts';
import { readSeconds } from '../../settings.ts';
import { htpasswdPath } from '../../site/paths.ts';
import { siteFrom } from '../../site/read-site.ts';
import { runStart } from '../../update/start-update.ts';
import type { Streams } from '../arguments.ts';
import { isSupervised, runSupervised } from '../supervise.ts';
import { runHook } from './hook.ts';
import { hostOf, type World } from './machine-context.ts';
import { START } from './start-options.ts';
import { withoutWrongWeb } from './usable-web.ts';

/** Seconds; Navigator gives it 30, and ends itself after that. */
const DEADLINE = 20;

/**
 * Runs the start hook. If it fails at the first start, Navigator ends. So it fails only where serving would be worse:
 * without an htpasswd, Navigator would let everybody in. With the old htpasswd the site stays up, and the log says what
 * is wrong. The work is done in a process of its own, which is ended if it hangs.
 */
export async function runStartHook(
  world: World,
  args: readonly string[],
  streams: Streams,
): Promise<0 | 1 | 2> {
  if (args.length === 0 && !isSupervised(world.env)) return await watchWork(world, streams.write);
  const call = { world, args, command: START, streams, mustServe: true };
  return await runHook(call, async (context) => {
    const { outcome } = await runStart(withoutWrongWeb(context), arrival());
    return outcome === 'failed' ? 1 : 0;
  });
}

async function watchWork(world: World, write: (text: string) => void): Promise<0 | 1> {
  const limitMs = deadlineOf(world);
  const code = await runSupervised(process.env, limitMs);
  if (code === null) {
    const hint =
      'Look in the db dir for something that is not a file, such as a pipe beside index.sqlite3, and move it aside.';
    write(`Failed (out-of-time): the start hook was ended after ${limitMs / 1000} s\nWhat to do: ${hint}\n`);
  }
  if (code === 0) return 0;
  const { isThere, message } = lookForHtpasswd(world);
  if (message !== null) write(message);
  return isThere ? 0 : 1;
}

/** The process that does the work reports a wrong setting. */
function deadlineOf({ env }: World): number {
  try {
    return readSeconds(env, 'START_DEADLINE', DEADLINE);
  } catch {
    return DEADLINE * 1000;
  }
}

interface Htpasswd {
  /** Whether Navigator has one to ask for a login with. */
  readonly isThere: boolean;
  /** What else the operator must know about htpasswd; null for nothing. */
  readonly message: string | null;
}

/**
 * Uses only the variables that name its directory: another one may be wrong. If the account cannot read it, root reads
 * it, since Navigator is root too: a closed directory is not a reason to keep the site down.
 */
function lookForHtpasswd(world: World): Htpasswd {
  const { APP_ROOT, RAILS_DB_VOLUME } = world.env;
  let path = 'htpasswd';
  try {
    path = htpasswdPath(siteFrom({ APP_ROOT, RAILS_DB_VOLUME }, hostOf(world), null));
    return isHtpasswd(path) ? { isThere: true, message: null } : { isThere: false, message: absent(path) };
  } catch (error) {
    if (codeOf(error) !== 'EACCES') return { isThere: false, message: absent(path) };
  }
  const isThere = asRoot(() => attempt(() => isHtpasswd(path)));
  return { isThere, message: closed(path, isThere) };
}

/** @throws system errors, such as `EACCES` */
function isHtpasswd(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size > 0;
}

function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

function absent(path: string): string {
  return `There is no htpasswd at ${path}, so Navigator would let everybody in: this hook fails\n`;
}

function closed(path: string, isThere: boolean): string {
  const rights = rightsNow();
  const who =
    rights.kind === 'application' ? `the application's account (${rights.account.name})` : 'this user';
  const rest = isThere
    ? 'An htpasswd is there, which root can read, and the site comes up with it'
    : 'Root finds no htpasswd there either, so Navigator would let everybody in: this hook fails';
  return `Nothing could be done in ${dirname(path)}: ${who} cannot read it. ${rest}\nWhat to do: Open it, and the directories above it, to that account again (ls -ld; chown, chmod u+rwx)\n`;
}
