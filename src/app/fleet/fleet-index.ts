import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile, INDEX_NAME } from '../../bucket/object-names.ts';
import type { Target } from '../../fleet/fleet-model.ts';
import type { FleetSettings } from '../../fleet/fleet-settings.ts';
import type { Credentials } from '../../fleet/machine-login.ts';
import type { PublishContext } from '../../publish/publish-context.ts';
import { readKeepPublished } from '../../publish/publish-settings.ts';
import type { LocalIndex } from '../../publish/read-local.ts';
import type { SentContext } from '../../publish/sent-index.ts';
import type { Tell } from '../../report/events.ts';
import type { PublishedIndex, PublishOutcome } from '../../report/fleet-results.ts';
import type { Site } from '../../site/site.ts';
import type { ObjectStore, StoreSettings } from '../../store/object-store.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { storeSettingsOf, type World } from '../machine/machine-context.ts';
import type { FleetRun } from './fleet-task.ts';
import type { Chosen } from './fleet-ways.ts';

export interface FleetCall {
  readonly world: World;
  readonly task: FleetRun;
  /** Those that are published to first. */
  readonly chosen: readonly Chosen[];
  readonly settings: FleetSettings;
  readonly credentials: ReadonlyMap<Target, Credentials | null>;
  readonly run: string;
  readonly by: string;
  readonly report: Tell;
  readonly unexpected: (error: unknown) => void;
  /** Given work that must be waited for before the process ends. */
  readonly later: (work: Promise<void>) => void;
}

/** Publishes it, or what an undo brings back. @throws {Failure} as `publishIndex` */
export async function publishOwnIndex(
  call: FleetCall,
  site: Site,
  storeSettings: StoreSettings,
): Promise<PublishOutcome> {
  const { task, run, later } = call;
  const context: PublishContext = {
    ...sentContext(call, site),
    store: await openStore(storeSettings),
    storeName: nameOf(storeSettings),
    later,
  };
  const { publishIndex } = await import('../../publish/publish.ts');
  return await publishIndex(context, {
    run,
    dryRun: task.operation === 'dry-run',
    replaces: task.replaces,
    undo: task.undo,
  });
}

/**
 * The index that machines are sent, of which a copy is kept: that of this host; in an undo the one that was replaced,
 * which the store's publication has put into this host already, where there is one.
 */
export async function toSend(call: FleetCall, site: Site): Promise<LocalIndex & { undoes?: string }> {
  const { world, task, chosen, run, by } = call;
  const isDryRun = task.operation === 'dry-run';
  const stored = chosen.some(({ isPushed }) => !isPushed) ? storeSettingsOf(world) : null;
  const names = chosen.filter(({ isPushed }) => isPushed).map(({ target }) => target.name);
  const context = { ...sentContext(call, site), storeName: `sent to ${names.join(' and ')}` };
  const { keepSent, restoreToSend } = await import('../../publish/sent-index.ts');
  const isRestoredHere = task.undo && (isDryRun || stored === null);
  if (!task.undo || !isRestoredHere) {
    const local = await ofThisHost(call, site);
    if (!isDryRun) await keepSent(context, run, local.own);
    return local;
  }
  const whose = stored === null ? context : { ...context, storeName: nameOf(stored) };
  const { own, undoes } = await restoreToSend(whose, { run, dryRun: isDryRun, undo: task.undo });
  if (!isDryRun) await keepSent(context, run, own);
  const { asPublished, likelyEtag } = await import('../../publish/own-index.ts');
  const index = asPublished(own, { by, modified: own.modified, etag: likelyEtag(own) });
  return { own, index, undoes };
}

function sentContext({ world, by, report }: FleetCall, site: Site): Omit<SentContext, 'storeName'> {
  const { maxIndexBytes, lockTimeoutMs } = readUpdateSettings(world.env);
  const keepPublished = readKeepPublished(world.env);
  const note = (message: string): void => report({ type: 'note', message });
  return { site, maxIndexBytes, lockTimeoutMs, by, note, keepPublished };
}

/** The name by which this host remembers what it published there. */
function nameOf({ endpoint, bucket }: StoreSettings): string {
  return `${endpoint}/${bucket}`;
}

export async function ofThisHostIfAny(call: FleetCall, site: Site): Promise<PublishedIndex | null> {
  const isThere = existsSync(join(site.dbDir, databaseFile(INDEX_NAME)));
  return isThere ? (await ofThisHost(call, site)).index : null;
}

/** @throws {Failure} as `readLocal` */
export async function ofThisHost({ world, run, by, report }: FleetCall, site: Site): Promise<LocalIndex> {
  const { maxIndexBytes } = readUpdateSettings(world.env);
  const note = (message: string): void => report({ type: 'note', message });
  const { readLocal } = await import('../../publish/read-local.ts');
  return await readLocal({ site, maxIndexBytes, by, note }, run);
}

export async function openStore(settings: StoreSettings): Promise<ObjectStore> {
  return (await import('../../store/store.ts')).createStore(settings);
}
