import { listElsewhere, listTenants } from '../../tenants/list.ts';
import { readCall } from '../arguments.ts';
import type { World } from '../machine/machine-context.ts';
import { limitTime } from '../time-limit.ts';
import type { Output } from '../voice.ts';
import { withDatabases } from './databases.ts';
import { IDLE } from './idle-options.ts';

/** Milliseconds for what comes after the deadline: to say what is left. */
const GRACE_MS = 30_000;

/** Runs the idle hook. It only uploads: a machine about to sleep needs nothing newer. */
export async function runIdleHook(world: World, args: readonly string[], output: Output): Promise<0 | 1 | 2> {
  const call = await readCall(IDLE, args, output, world);
  if (call.kind === 'answered') return call.exitCode;
  return await withDatabases(world, output, { form: 'lines' }, async (build) => {
    const { site, settings, note, index, sync } = await build();
    if (site.region === null) {
      note('only Fly machines upload; nothing to do');
      return null;
    }
    const dryRun = site.appName !== settings.uploadingApp;
    if (dryRun)
      note(
        `this is the Fly app ${site.appName}, and only ${settings.uploadingApp} (UPLOADING_APP) uploads: nothing is uploaded`,
      );
    const now = await index();
    const [tenants, elsewhere] = [listTenants(now, site), listElsewhere(now, site)];
    const limit = { limitMs: settings.idleMs, limitSetting: 'IDLE_DEADLINE' };
    await limitTime(world, settings.idleMs + GRACE_MS, 'IDLE_DEADLINE');
    return await sync({ operation: world.name, tenants, elsewhere, downloads: 'none', dryRun, ...limit });
  });
}
