import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile, databaseKey, INDEX_NAME } from '../bucket/layout.ts';
import { type DateSettings, readDateSettings } from '../dates/settings.ts';
import { Failure } from '../failure.ts';
import type { Credentials } from '../fleet/credentials.ts';
import type { FleetParts } from '../fleet/parts.ts';
import type { FleetSettings } from '../fleet/settings.ts';
import type {
  FleetEvent,
  FleetReporter,
  PublishedIndex,
  PublishOutcome,
  Standard,
  Target,
} from '../fleet/types.ts';
import { type BeforeSettings, readBeforeSettings } from '../publish/settings.ts';
import type { PublishParts } from '../publish/types.ts';
import type { Site } from '../site/types.ts';
import type { ObjectStore, StoreSettings } from '../store/types.ts';
import { readUpdateSettings } from '../update/settings.ts';
import type { FleetTask } from './config-update-options.ts';
import { siteOf, storeSettingsOf, type World } from './parts.ts';

const KEY = databaseKey(INDEX_NAME);

export interface Ingredients {
  readonly world: World;
  readonly task: Extract<FleetTask, { kind: 'run' }>;
  readonly target: Target;
  readonly settings: FleetSettings;
  readonly credentials: Credentials | null;
  readonly run: string;
  readonly by: string;
  readonly report: FleetReporter;
  readonly unexpected: (error: unknown) => void;
  /** Given work that must be waited for before the process ends. */
  readonly later: (work: Promise<void>) => void;
}

/**
 * Builds the parts of a run over the fleet.
 *
 * @throws {Failure} `config-invalid`
 */
export async function buildFleetParts(ingredients: Ingredients): Promise<{ parts: FleetParts; site: Site }> {
  const { world, task, target, settings, credentials, report, unexpected } = ingredients;
  const site = await siteOf(world);
  const storeSettings = storeSettingsOf(world);
  const { ownIndex } = target;
  const { accountCaution } = world;
  if (accountCaution) report({ type: 'note', message: `warning: ${accountCaution}` }, new Date());
  report({ type: 'note', message: describePlaces(storeSettings, target, settings) }, new Date());
  const before = readBeforeSettings(world.env);
  const dates = readDateSettings(world.env);
  const publish = async (signal: AbortSignal): Promise<PublishOutcome> => {
    if (!task.publish) return { kind: 'unchanged', index: await standing(storeSettings) };
    await prepare(ingredients, { site, before, dates, signal });
    if (!storeSettings && ownIndex && task.replaces === null)
      return { kind: 'local', index: await ofThisHost(ingredients, site) };
    return await publishOurs(ingredients, site, needed(storeSettings));
  };
  const stored = async (): Promise<Standard> => {
    if (storeSettings) return { index: await lookUp(storeSettings), from: 'store' };
    const here = ownIndex && existsSync(join(site.dbDir, databaseFile(INDEX_NAME)));
    return here ? { index: await ofThisHost(ingredients, site), from: 'host' } : { index: null, from: null };
  };
  return { parts: { target, settings, credentials, publish, stored, report, unexpected }, site };
}

/** What comes before the index of this host is read: the operator's own command, then the dates of events. */
async function prepare(
  { world, task, report, unexpected }: Ingredients,
  { site, before, dates, signal }: Preparation,
): Promise<void> {
  const { env } = world;
  const options = { dryRun: task.operation === 'dry-run' };
  const tell = (event: FleetEvent): void => report(event, new Date());
  if (before.command.length > 0) {
    const { runBefore } = await import('../publish/before.ts');
    await runBefore({ site, settings: before, env, report: tell }, options);
    signal.throwIfAborted();
  }
  // A machine's index is the store's; only the admin host's is a person's to change.
  if (!dates.take || site.deployment !== 'local') return;
  const { lockTimeoutMs } = readUpdateSettings(env);
  const { takeDates } = await import('../dates/take.ts');
  await takeDates({ site, settings: dates, lockTimeoutMs, signal, report: tell, unexpected }, options);
  signal.throwIfAborted();
}

interface Preparation {
  readonly site: Site;
  readonly before: BeforeSettings;
  readonly dates: DateSettings;
  readonly signal: AbortSignal;
}

/** Where the run works: whoever has the variables of another deployment sees it before anything is changed. */
function describePlaces(store: StoreSettings | null, target: Target, settings: FleetSettings): string {
  const place = store ? `bucket ${store.bucket} at ${store.endpoint}` : 'none is configured';
  const fleet = target.name === 'fly' ? `Fly app ${settings.fly.app}` : target.name;
  return `store: ${place}; target: ${fleet} at ${target.url.origin}`;
}

async function publishOurs(
  { world, task, run, by, report, later }: Ingredients,
  site: Site,
  storeSettings: StoreSettings,
): Promise<PublishOutcome> {
  const { maxIndexBytes, lockTimeoutMs } = readUpdateSettings(world.env);
  const parts: PublishParts = {
    site,
    store: await openStore(storeSettings),
    storeName: `${storeSettings.endpoint}/${storeSettings.bucket}`,
    maxIndexBytes,
    lockTimeoutMs,
    by,
    later,
    note: (message) => report({ type: 'note', message }, new Date()),
  };
  const { publishIndex } = await import('../publish/publish.ts');
  return await publishIndex(parts, {
    run,
    dryRun: task.operation === 'dry-run',
    replaces: task.replaces,
  });
}

async function ofThisHost({ world, run, by, report }: Ingredients, site: Site): Promise<PublishedIndex> {
  const { maxIndexBytes } = readUpdateSettings(world.env);
  const note = (message: string): void => report({ type: 'note', message }, new Date());
  const { readLocal } = await import('../publish/local.ts');
  return await readLocal({ site, maxIndexBytes, by, note }, run);
}

async function standing(storeSettings: StoreSettings | null): Promise<PublishedIndex> {
  const index = await lookUp(needed(storeSettings));
  if (index) return index;
  throw new Failure('store-no-index', `the store has no ${KEY}`, {
    hint: 'Publish one: leave --no-publish out on the host that holds the index.',
  });
}

async function lookUp(storeSettings: StoreSettings): Promise<PublishedIndex | null> {
  const { publishedIndex } = await import('../publish/standing.ts');
  const head = await (await openStore(storeSettings)).head(KEY);
  return head.kind === 'found' ? publishedIndex(head.object) : null;
}

async function openStore(settings: StoreSettings): Promise<ObjectStore> {
  return (await import('../store/store.ts')).createStore(settings);
}

function needed(settings: StoreSettings | null): StoreSettings {
  if (settings) return settings;
  throw new Failure('config-invalid', 'no object store is configured, where the index is published', {
    hint: 'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL_S3.',
  });
}
