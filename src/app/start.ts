import { statSync } from 'node:fs';
import { arrival } from '../journal/arrival.ts';
import { siteFrom } from '../site/environment.ts';
import { htpasswdPath } from '../site/paths.ts';
import { runStart } from '../update/start.ts';
import { runHook } from './hook.ts';
import { hostOf, type World } from './parts.ts';

const HELP = `Usage: start

Navigator's start hook, before it serves: finishes or undoes an update that was interrupted,
and writes htpasswd from the local index. It never uses the network, since Navigator waits
for it.
The environment says where everything is, as for update_config.
Exit codes: 0 done, or failed where an htpasswd is in place (the site stays up with that);
1 failed without one; 2 the options make no sense.
`;

/**
 * Runs the start hook. A first start whose start hook fails ends Navigator, so it fails only where serving would be
 * worse: when there is no htpasswd, with which Navigator would let everybody in. With the old one in place the site
 * stays up, and the log says what is wrong.
 */
export async function runStartHook(
  world: World,
  args: readonly string[],
  write: (text: string) => void,
): Promise<0 | 1 | 2> {
  const code = await runHook({ world, args, help: HELP, write }, async (parts) => {
    const { outcome } = await runStart(parts, arrival());
    return outcome === 'failed' ? 1 : 0;
  });
  return code === 1 && hasHtpasswd(world) ? 0 : code;
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
