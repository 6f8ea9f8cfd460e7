import { databaseKey, INDEX_NAME } from '../../bucket/object-names.ts';
import { Failure } from '../../failure.ts';
import type { FleetContext, Way } from '../../fleet/fleet-context.ts';
import type { Sending } from '../../fleet/fleet-model.ts';
import type { FleetSettings } from '../../fleet/fleet-settings.ts';
import type { PublishedIndex } from '../../report/fleet-results.ts';
import type { Site } from '../../site/site.ts';
import type { StoreSettings } from '../../store/object-store.ts';
import { siteOf, storeSettingsOf, type World } from '../machine/machine-context.ts';
import {
  type FleetCall,
  ofThisHost,
  ofThisHostIfAny,
  openStore,
  publishOwnIndex,
  toSend,
} from './fleet-index.ts';
import { preparation } from './fleet-prepare.ts';
import { type Chosen, signingKey } from './fleet-ways.ts';

const KEY = databaseKey(INDEX_NAME);

/**
 * Builds the context of a run over the fleet.
 *
 * @throws {Failure} `config-invalid`
 */
export async function buildFleetContext(call: FleetCall): Promise<{ context: FleetContext; site: Site }> {
  const { world, task, chosen, settings, credentials, report, unexpected } = call;
  const site = await siteOf(world);
  // If an index is only pushed, the store's settings need not be valid.
  const isStoreUsed = chosen.some(({ isPushed }) => !isPushed);
  const storeSettings = isStoreUsed ? storeSettingsOf(world) : null;
  const store = isStoreUsed || hasNoStore(world) ? storeSettings : 'unused';
  const { accountCaution } = world;
  if (accountCaution) report({ type: 'note', message: `warning: ${accountCaution}` });
  report({ type: 'note', message: describePlaces(store, chosen, settings) });
  const ways = { call, site, prepared: preparation(call, site) };
  const stored = storedWay(ways, storeSettings);
  const pushed = pushedWay(ways, store !== null || Boolean(world.env['UPDATE_CONFIG_KEY']));
  const all = chosen.map(({ target, isPushed }): Way => {
    const way = isPushed ? { ...pushed, push: { sending: pushed.sending, force: task.force } } : stored;
    return { ...way, target, credentials: credentials.get(target) ?? null };
  });
  const [first, ...others] = all;
  if (!first) throw new Error('there is no target');
  return { context: { ...first, others, settings, report, unexpected }, site };
}

interface Ways {
  readonly call: FleetCall;
  readonly site: Site;
  /** Does what comes before, once. */
  readonly prepared: (signal: AbortSignal) => Promise<void>;
}

type Provided = Pick<Way, 'publish' | 'stored'>;

/** The index gets to the machines by the store; where there is none, they have it already. */
function storedWay({ call, site, prepared }: Ways, storeSettings: StoreSettings | null): Provided {
  const { task, chosen } = call;
  const ownIndex = chosen.every(({ target, isPushed }) => isPushed || target.ownIndex);
  return {
    publish: async (signal) => {
      if (!task.publish) return { kind: 'unchanged', index: await storedIndex(storeSettings) };
      await prepared(signal);
      if (!storeSettings && ownIndex && task.replaces === null && !task.undo)
        return { kind: 'local', index: (await ofThisHost(call, site)).index };
      return await publishOwnIndex(call, site, needed(storeSettings));
    },
    stored: async () => {
      if (storeSettings) return { index: await lookUp(storeSettings), from: 'store' };
      const index = ownIndex ? await ofThisHostIfAny(call, site) : null;
      return { index, from: index && 'host' };
    },
  };
}

/** The index is sent to the machines. */
function pushedWay(
  { call, site, prepared }: Ways,
  isSetUp: boolean,
): Provided & { sending: () => Sending | null } {
  let sending: Sending | null = null;
  return {
    sending: () => sending,
    publish: async (signal) => {
      const key = signingKey(call.world);
      await prepared(signal);
      const { own, index, undoes } = await toSend(call, site);
      const { sendingOf } = await import('../../publish/sending.ts');
      sending = sendingOf(own, key);
      const to = call.chosen.filter(({ isPushed }) => isPushed).map(({ target }) => target.name);
      return { kind: 'push', ...(undoes === undefined ? {} : { undoes }), index, to: to.join(' and ') };
    },
    stored: async () => {
      const index = await ofThisHostIfAny(call, site);
      return { index, from: isSetUp ? 'push' : index && 'host' };
    },
  };
}

/** Whether none is set up, not even in part. */
function hasNoStore(world: World): boolean {
  try {
    return storeSettingsOf(world) === null;
  } catch {
    return false;
  }
}

/** Where the run works: an operator with the variables of another deployment sees it before anything is changed. */
function describePlaces(
  store: StoreSettings | 'unused' | null,
  chosen: readonly Chosen[],
  settings: FleetSettings,
): string {
  const place =
    store === 'unused'
      ? 'not asked'
      : store
        ? `bucket ${store.bucket} at ${store.endpoint}`
        : 'none is configured';
  const fleets = chosen.map(({ target: { name, url } }) => {
    const fleet = name === 'fly' ? `Fly app ${settings.fly.app}` : name;
    return `${fleet} at ${url.origin}`;
  });
  return `store: ${place}; target: ${fleets.join(', ')}`;
}

async function storedIndex(storeSettings: StoreSettings | null): Promise<PublishedIndex> {
  const index = await lookUp(needed(storeSettings));
  if (index) return index;
  throw new Failure('store-no-index', `the store has no ${KEY}`, {
    hint: 'Publish one: leave --no-publish out on the host that holds the index.',
  });
}

async function lookUp(storeSettings: StoreSettings): Promise<PublishedIndex | null> {
  const { publishedIndex } = await import('../../publish/stored-index.ts');
  const head = await (await openStore(storeSettings)).head(KEY);
  return head.kind === 'found' ? publishedIndex(head.object) : null;
}

function needed(settings: StoreSettings | null): StoreSettings {
  if (settings) return settings;
  throw new Failure('config-invalid', 'there is no object store to publish to', {
    hint: 'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL_S3.',
  });
}
