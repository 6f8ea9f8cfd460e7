import { Failure } from '../../failure.ts';
import { mayUpload } from '../../sync/survey.ts';
import { allTenants } from '../../tenants/list.ts';
import type { TenantDatabase } from '../../tenants/tenant-model.ts';
import { readCall } from '../arguments.ts';
import type { World } from '../machine/machine-context.ts';
import { limitTime } from '../time-limit.ts';
import type { Output } from '../voice.ts';
import { withDatabases } from './databases.ts';
import { tenantName } from './sync-options.ts';
import { TENANT_STOP } from './tenant-stop-options.ts';

/** Milliseconds for what comes after the deadline: to say what is left. */
const GRACE_MS = 10_000;

/** Runs the hook of one tenant that stops. Navigator runs it while the tenant still does: idle uploads what comes after. */
export async function runTenantStopHook(
  world: World,
  args: readonly string[],
  output: Output,
): Promise<0 | 1 | 2> {
  const call = await readCall(TENANT_STOP, args, output, world);
  if (call.kind === 'answered') return call.exitCode;
  return await withDatabases(world, output, { form: 'lines' }, async (build) => {
    const { site, settings, note, index, sync } = await build();
    const name = tenantName(world.env['RAILS_APP_DB'] ?? '');
    if (name === '') {
      throw new Failure('config-invalid', 'RAILS_APP_DB is not set', {
        hint: 'Navigator sets it to the name of the database of the tenant that stops; by hand, use sync-databases --only.',
      });
    }
    const tenant = allTenants(await index(), site).find((each) => each.name === name);
    if (!tenant || !mayUpload(tenant, site)) {
      note(`${whyNot(name, tenant, site.region)}; nothing to do`);
      return null;
    }
    const dryRun = site.appName !== settings.uploadingApp;
    if (dryRun)
      note(
        `this is the Fly app ${site.appName}, and only ${settings.uploadingApp} (UPLOADING_APP) uploads: nothing is uploaded`,
      );
    const limit = { limitMs: settings.tenantStopMs, limitSetting: 'TENANT_STOP_DEADLINE' };
    await limitTime(world, settings.tenantStopMs + GRACE_MS, 'TENANT_STOP_DEADLINE');
    return await sync({ operation: world.name, tenants: [tenant], downloads: 'none', dryRun, ...limit });
  });
}

/** Why this machine does not upload that database. */
function whyNot(name: string, tenant: TenantDatabase | undefined, region: string | null): string {
  const quoted = JSON.stringify(name);
  if (!tenant) return `no event has a database named ${quoted}`;
  return region === null
    ? `${quoted} is a copy here: only Fly machines upload`
    : `${quoted} belongs to the region ${tenant.region}, and this machine to ${region}`;
}
