import type { Index } from '../../index/index-model.ts';
import { firstOfEachKind } from '../../index/warnings.ts';
import { readInstalledIndex } from '../../install/installed-index.ts';
import { ownershipOfApplication } from '../../rights/files.ts';
import { newRunId } from '../../run-id.ts';
import type { Site } from '../../site/site.ts';
import type { ObjectStore, StoreSettings } from '../../store/object-store.ts';
import type { SyncContext, SyncRequest } from '../../sync/sync-context.ts';
import { readSyncSettings, type SyncSettings } from '../../sync/sync-settings.ts';
import type { SyncResult } from '../../sync/upload-model.ts';
import { NEW_DATABASE_MODE, readTenantSettings } from '../../tenants/tenants-settings.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { siteOf, storeSettingsOf, type Voice, type World } from '../machine/machine-context.ts';
import type { Form } from '../options/form.ts';
import { type Output, runReported } from '../voice.ts';

/** What the commands for databases are given. */
export interface DatabaseContext {
  readonly site: Site;
  readonly settings: SyncSettings;
  readonly note: (message: string) => void;
  /**
   * The installed index. Reports the rows that were left out, since their databases are not handled.
   *
   * @throws {Failure} as `readInstalledIndex`
   */
  readonly index: () => Promise<Index>;
  /** Runs an operation; where no store is configured, it says so and does nothing. */
  readonly sync: (request: SyncRequest) => Promise<SyncResult>;
}

/**
 * Runs an operation on the databases of tenants, and reports how it ended: line by line, or as one JSON object at the
 * end. An error at the start is reported in the same way.
 *
 * @param work gets the context by asking for it; returns null if everything is reported already
 * @returns the exit code: 2 for options that make no sense
 */
export async function withDatabases(
  world: World,
  output: Output,
  options: { form: Form },
  work: (build: () => Promise<DatabaseContext>) => Promise<SyncResult | null>,
): Promise<0 | 1 | 2> {
  const reporting = { form: options.form, refused: { items: [] } };
  return await runReported(world, output, reporting, async ({ voice, json }) => {
    const result = await work(() => buildDatabaseContext(world, voice));
    if (result) json?.sum(result);
    return result?.outcome === 'failed' ? 1 : 0;
  });
}

async function buildDatabaseContext(world: World, voice: Voice): Promise<DatabaseContext> {
  const { env } = world;
  const site = await siteOf(world);
  const store = storeSettingsOf(world);
  const settings = readSyncSettings(env);
  const note = (message: string) => voice.report({ type: 'note', message });
  const { problem } = settings.webhook;
  if (problem !== null) voice.report({ type: 'note', level: 'warning', message: problem });
  return {
    site,
    settings,
    note,
    index: async () => {
      const { index, warnings } = await readInstalledIndex(site, readUpdateSettings(env).maxIndexBytes);
      for (const warning of firstOfEachKind(warnings)) voice.report({ type: 'warning', warning });
      return index;
    },
    sync: async (request) => {
      if (!store) {
        note('no object store is configured; nothing to do');
        return nothingDone(site, request);
      }
      const context: SyncContext = {
        site,
        report: voice.report,
        unexpected: voice.log.exception,
        openStore: storeOpener(store),
        storeTimeoutMs: store.timeoutMs,
        webhook: settings.webhook.url,
        downloads: () => ({
          maxDatabaseBytes: readTenantSettings(env).maxDatabaseBytes,
          like: ownershipOfApplication(NEW_DATABASE_MODE),
        }),
      };
      const { syncDatabases } = await import('../../sync/sync-databases.ts');
      return await syncDatabases(context, request);
    },
  };
}

/** Each time-out has a store of its own; the usual one is made once. */
function storeOpener(settings: StoreSettings): SyncContext['openStore'] {
  let usual: ObjectStore | null = null;
  return async (timeoutMs) => {
    const { createStore } = await import('../../store/store.ts');
    if (timeoutMs !== settings.timeoutMs) return createStore({ ...settings, timeoutMs });
    usual ??= createStore(settings);
    return usual;
  };
}

function nothingDone({ machineId: machine, region }: Site, { operation, dryRun }: SyncRequest): SyncResult {
  const outcome = dryRun ? 'dry-run' : 'done';
  const nothing = { counts: {}, failures: [], steps: [], items: [] };
  return { run: newRunId(), operation, machine, region, outcome, ...nothing };
}
