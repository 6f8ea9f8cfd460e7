import type { ObjectStore, StoreSettings } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { startEmbedded } from '../store/embedded.ts';

/** An embedded store with the variables that point a machine at it. */
export interface Published {
  readonly store: ObjectStore;
  readonly settings: StoreSettings;
  readonly env: Record<string, string>;
  /** Has an index in the store as the publishing tools leave it there; returns its ETag. */
  publish(index: Buffer, at?: Date): Promise<string>;
  /** Takes an object away, as somebody may by mistake. */
  remove(key: string): void;
  /** Has the store hold what it holds now, and nothing else, when what is returned is called. */
  keep(): () => void;
  close(): Promise<void>;
}

export async function startPublished(): Promise<Published> {
  const { settings, put, remove, keep, close } = await startEmbedded();
  const store = createStore(settings);
  return {
    store,
    settings,
    env: storeEnvironment(settings),
    remove,
    keep,
    close,
    async publish(index, at = new Date()) {
      const metadata = { 'last-modified': at.toISOString().replace('T', ' ').replace('Z', ' UTC') };
      return put('db/index.sqlite3', index, metadata);
    },
  };
}

/** The variables that point an executable at a store; `endpoint` may be that of a proxy in front of it. */
export function storeEnvironment(
  settings: StoreSettings,
  endpoint = settings.endpoint,
): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: settings.accessKeyId,
    AWS_SECRET_ACCESS_KEY: settings.secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
    BUCKET_NAME: settings.bucket,
    UPDATE_CONFIG_STORE_TIMEOUT: String(settings.timeoutMs / 1000),
  };
}
