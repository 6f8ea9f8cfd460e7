import { resolve } from 'node:path';
import { prerenderStage } from '../../ready/application-prerender.ts';
import { readReadySettings } from '../../ready/ready-settings.ts';
import type { ReadyParts, Stage } from '../../ready/stages.ts';
import { mappingAt } from '../../site/data.ts';
import type { Site } from '../../site/site.ts';
import { ownPart } from '../../site/static.ts';
import { readTenantSettings } from '../../tenants/tenants-settings.ts';
import type { Parts } from '../../update/update-context.ts';
import { buildParts, storeSettingsOf, type Voice, type World } from '../machine/machine-parts.ts';

/**
 * Builds the parts of the ready hook from the environment. What a stage consists of is loaded when it begins.
 *
 * @throws {Failure} `config-invalid`, naming the variable or the key of the override file.
 */
export async function buildReadyParts(world: World, voice: Voice): Promise<ReadyParts> {
  const { env } = world;
  const parts = await buildParts(world, voice);
  const { site, report, unexpected } = parts;
  const { maxIndexBytes } = parts.settings;
  const settings = readReadySettings(env);
  const served = servedBy(site);
  const pages = prerenderStage({
    appRoot: site.appRoot,
    publicDir: served.publicDir,
    env,
    settings,
    builtin: builtinPages(parts),
    pagesOf: async (index) => {
      const { pagePaths } = await import('../../pages/plan-pages.ts');
      return pagePaths(index, served);
    },
  });
  return { site, maxIndexBytes, report, unexpected, stages: { tenants: tenantsStage(world, parts), pages } };
}

function tenantsStage(world: World, parts: Parts): Stage {
  const { env } = world;
  const { site, unexpected } = parts;
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
    const readIndex = async () => (await readInstalledIndex(site, parts.settings.maxIndexBytes)).index;
    return await prepareTenants(
      { site, settings, env, openStore, readIndex, report: tell, unexpected },
      index,
      request,
    );
  };
}

function builtinPages({ site }: Parts): Stage {
  return async (index, { step, dryRun, tell }) => {
    const [{ planPages }, { writePages }] = await Promise.all([
      import('../../pages/plan-pages.ts'),
      import('../../pages-out/write-pages.ts'),
    ]);
    const served = servedBy(site);
    const { counts, failures } = await writePages({
      publicDir: served.publicDir,
      pages: planPages(index, served),
      dryRun,
      step,
      say: tell,
    });
    return { counts: { ...counts }, failures };
  };
}

/**
 * Where Navigator serves files from, and below what path: `<app root>/public`, unless it is overridden; and whether the
 * site has a web part.
 */
export function servedBy(site: Site): { root: string; publicDir: string; hasWeb: boolean } {
  const { config, root } = ownPart(site);
  const files = mappingAt(mappingAt(config, 'server'), 'static');
  return { root, publicDir: resolve(site.appRoot, String(files['public_dir'])), hasWeb: site.web !== null };
}
