import { listElsewhere, listTenants } from '../../tenants/list.ts';
import { refuseArguments } from '../arguments.ts';
import type { World } from '../machine/machine-parts.ts';
import { limitTime } from '../time-limit.ts';
import type { Output } from '../voice.ts';
import { withDatabases } from './databases.ts';

const HELP = `Usage: idle

Navigator's idle hook: before the machine is suspended, uploads the databases of
this region's events that were changed, the one last written first, within
IDLE_DEADLINE seconds (240). What is left then is named. Of Fly apps only
UPLOADING_APP (smooth) uploads; another one says what it would upload.
The environment says where everything is, as for sync-databases.
Exit codes: 0 done, 1 something failed, was changed elsewhere or is left, 2 the
options make no sense.
`;

/** Milliseconds for what comes after the deadline: to say what is left. */
const GRACE_MS = 30_000;

/** Runs the idle hook. It only uploads: a machine about to sleep needs nothing newer. */
export async function runIdleHook(world: World, args: readonly string[], output: Output): Promise<0 | 1 | 2> {
  const told = refuseArguments(args, HELP, output.write);
  if (told !== null) return told;
  return await withDatabases(world, output, { form: 'lines' }, async (build) => {
    const { site, settings, note, index, sync } = await build();
    if (site.region === null) {
      note('only Fly machines upload; nothing to do');
      return null;
    }
    const dryRun = site.appName !== settings.uploadingApp;
    if (dryRun) note(`${site.appName} is not ${settings.uploadingApp}: nothing is uploaded`);
    const now = await index();
    const [tenants, elsewhere] = [listTenants(now, site), listElsewhere(now, site)];
    const limit = { limitMs: settings.idleMs, limitSetting: 'IDLE_DEADLINE' };
    limitTime('idle', settings.idleMs + GRACE_MS, 'IDLE_DEADLINE');
    return await sync({ operation: world.name, tenants, elsewhere, downloads: 'none', dryRun, ...limit });
  });
}
