import { Failure } from '../../failure.ts';
import type { Index } from '../../index/index-model.ts';
import type { Site } from '../../site/site.ts';
import { mayUpload } from '../../sync/survey.ts';
import { allTenants, listElsewhere, listTenants } from '../../tenants/list.ts';
import type { TenantDatabase } from '../../tenants/tenant-model.ts';
import { readCall } from '../arguments.ts';
import { atAppRoot, type World } from '../machine/machine-context.ts';
import { runUpdateCommand } from '../machine/update-command.ts';
import type { Form } from '../options/form.ts';
import type { Output } from '../voice.ts';
import { withDatabases } from './databases.ts';
import { SYNC, type SyncOptions } from './sync-options.ts';

/** Runs `sync-databases` for an engineer, or for a script. */
export async function runSyncDatabases(
  world: World,
  args: readonly string[],
  output: Output,
): Promise<0 | 1 | 2> {
  const call = await readCall(SYNC, args, output, world);
  if (call.kind === 'answered') return call.exitCode;
  const { form } = call;
  let here: World;
  let options: SyncOptions;
  try {
    options = call.options();
    here = atAppRoot(world, options.appRoot);
  } catch (error) {
    return await withDatabases(world, output, { form }, () => Promise.reject(error));
  }
  return await (options.indexOnly ? fetchIndex : syncTenants)(here, { ...options, form }, output);
}

type Wanted = SyncOptions & { readonly form: Form };

async function syncTenants(
  world: World,
  { dryRun, only, safe, form }: Wanted,
  output: Output,
): Promise<0 | 1 | 2> {
  return await withDatabases(world, output, { form }, async (build) => {
    const { site, note, index, sync } = await build();
    const now = await index();
    const tenants = chosen(now, site, only);
    const foreign = only === null ? [] : tenants.filter((tenant) => !mayUpload(tenant, site));
    if (foreign.length > 0) {
      const names = foreign.map(({ name, region }) => `${name} (${region ?? 'no region'})`).join(', ');
      note(`this machine only downloads, and never uploads: ${names}`);
    }
    const elsewhere = only === null ? listElsewhere(now, site) : [];
    const downloads = safe ? 'safe' : 'all';
    return await sync({ operation: world.name, tenants, elsewhere, downloads, dryRun, limitMs: null });
  });
}

/** @throws {Failure} `usage` */
function chosen(index: Index, site: Site, only: readonly string[] | null): TenantDatabase[] {
  if (only === null) return listTenants(index, site);
  const all = new Map(allTenants(index, site).map((tenant) => [tenant.name, tenant]));
  return only.map((name) => {
    const tenant = all.get(name);
    if (!tenant) {
      throw new Failure('usage', `--only: the index has no event whose database is ${JSON.stringify(name)}`, {
        hint: "Names are YEAR-STUDIO, or YEAR-STUDIO-EVENT; ready --list --only tenants lists this machine's.",
      });
    }
    return tenant;
  });
}

/**
 * Only the update can swap the index under its readers and generate everything from it. So the update runs, under this
 * operation's name.
 */
async function fetchIndex(world: World, { dryRun, form }: Wanted, output: Output): Promise<0 | 1 | 2> {
  const task = dryRun
    ? { kind: 'dry-run' as const, force: false }
    : { kind: 'update' as const, force: false, boot: false };
  return await runUpdateCommand(world, { form, options: () => ({ task, appRoot: null }) }, output);
}
