import { resolve } from 'node:path';
import { prerenderStage } from '../../ready/application-prerender.ts';
import { readReadySettings } from '../../ready/ready-settings.ts';
import type { ReadyContext, Stage } from '../../ready/stages.ts';
import { mappingAt } from '../../site/data.ts';
import type { Site } from '../../site/site.ts';
import { ownPart } from '../../site/static.ts';
import { readTenantSettings } from '../../tenants/tenants-settings.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import { buildUpdateContext, storeSettingsOf, type Voice, type World } from '../machine/machine-context.ts';
import { readAddress, type SiteAddress } from './site-address.ts';

/**
 * Builds the context of the ready hook from the environment. What a stage consists of is loaded when it begins.
 *
 * @throws {Failure} `config-invalid`, naming the variable or the key of the override file.
 */
export async function buildReadyContext(world: World, voice: Voice): Promise<ReadyContext> {
  const { env } = world;
  const context = await buildUpdateContext(world, voice);
  const { site, report, unexpected } = context;
  const { maxIndexBytes } = context.settings;
  const settings = readReadySettings(env);
  const served = servedBy(site);
  const pages = prerenderStage({
    appRoot: site.appRoot,
    publicDir: served.publicDir,
    env,
    settings,
    builtin: builtinPages(context, readAddress(env, site)),
    pagesOf: async (index) => {
      const { pagePaths } = await import('../../pages/plan-pages.ts');
      return pagePaths(index);
    },
  });
  return {
    site,
    maxIndexBytes,
    report,
    unexpected,
    stages: { tenants: tenantsStage(world, context), pages },
  };
}

function tenantsStage(world: World, context: UpdateContext): Stage {
  const { env } = world;
  const { site, unexpected } = context;
  const settings = readTenantSettings(env);
  const store = storeSettingsOf(world);
  const openStore = async () => (store ? (await import('../../store/store.ts')).createStore(store) : null);
  return async (index, request) => {
    const { describeIndexMigrations } = await import('../../tenants/index-migrations.ts');
    const message = describeIndexMigrations(site);
    const { tell } = request;
    if (message !== null) tell({ type: 'note', level: 'warning', message });
    const { prepareTenants } = await import('../../tenants/prepare.ts');
    const { readInstalledIndex } = await import('../../install/installed-index.ts');
    const readIndex = async () => (await readInstalledIndex(site, context.settings.maxIndexBytes)).index;
    return await prepareTenants(
      { site, settings, env, openStore, readIndex, report: tell, unexpected },
      index,
      request,
    );
  };
}

function builtinPages({ site }: UpdateContext, address: SiteAddress): Stage {
  return async (index, { step, dryRun, tell }) => {
    const [{ planPages }, { writePages }, { pagesAround }] = await Promise.all([
      import('../../pages/plan-pages.ts'),
      import('../../pages-out/write-pages.ts'),
      import('./pages-around.ts'),
    ]);
    const { publicDir } = servedBy(site);
    const { counts, failures } = await writePages({
      publicDir,
      pages: planPages(index, await pagesAround(index, site, { address, publicDir })),
      dryRun,
      step,
      say: tell,
    });
    return { counts: { ...counts }, failures };
  };
}

/** Where Navigator serves files from, and below what path: `<app root>/public`, unless it is overridden. */
export function servedBy(site: Site): { root: string; publicDir: string } {
  const { config, root } = ownPart(site);
  const files = mappingAt(mappingAt(config, 'server'), 'static');
  return { root, publicDir: resolve(site.appRoot, String(files['public_dir'])) };
}
