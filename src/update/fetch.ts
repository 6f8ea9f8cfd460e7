import { databaseKey, INDEX_NAME } from '../bucket/object-names.ts';
import { Failure } from '../failure.ts';
import type { InstalledState } from '../journal/journal-model.ts';
import type { ObjectReader, StoredObject } from '../store/object-store.ts';

const INDEX_KEY = databaseKey(INDEX_NAME);

/** What the store answered, before anything is decided. */
export type Fetched =
  /** No store is configured: the local index is used as it is. */
  | { readonly kind: 'no-store' }
  /** The store still has the version with this ETag, which is installed. */
  | { readonly kind: 'unchanged'; readonly etag: string }
  | {
      readonly kind: 'found';
      /** `push`: it came with the request. */
      readonly from: 'store' | 'push';
      readonly object: StoredObject;
      readonly bytes: Buffer;
      readonly sha256: string;
    };

export interface FetchRequest {
  /** ETag of the version that need not be sent again; null to fetch it in any case. */
  readonly unless: string | null;
  readonly maxBytes: number;
}

/** The version that need not be fetched again: the installed one, if it was not changed here. */
export function knownVersion(digest: string | null, installed: InstalledState | null): string | null {
  return installed !== null && digest !== null && installed.digest === digest ? installed.etag : null;
}

/**
 * Asks the store for the index. No lock is held meanwhile, because the network may be slow.
 *
 * @param store null if none is configured
 * @throws {Failure} `store-*`, `index-too-large`
 */
export async function fetchIndex(
  store: ObjectReader | null,
  { unless, maxBytes }: FetchRequest,
): Promise<Fetched> {
  if (!store) return { kind: 'no-store' };
  const got = await store.get(INDEX_KEY, { maxBytes, ...(unless ? { ifNoneMatch: unless } : {}) });
  switch (got.kind) {
    case 'missing':
      throw new Failure('store-no-index', `the store has no ${INDEX_KEY}`, {
        hint: 'Publish the index first, or check BUCKET_NAME.',
      });
    case 'too-large':
      throw new Failure(
        'index-too-large',
        `${INDEX_KEY} has ${got.size} bytes, more than the ${maxBytes} allowed`,
        { hint: 'Check what was published; raise UPDATE_CONFIG_MAX_INDEX_MIB if it is right.' },
      );
    case 'unchanged':
      return { kind: 'unchanged', etag: unless ?? '' };
    case 'found':
      return { kind: 'found', from: 'store', object: got.object, bytes: got.bytes, sha256: got.sha256 };
  }
}

/** In words, for the step that has fetched it. */
export function describeFetched(fetched: Fetched): string {
  switch (fetched.kind) {
    case 'no-store':
      return 'no object store is configured';
    case 'unchanged':
      return 'not modified since it was fetched';
    case 'found':
      return `${fetched.bytes.length} bytes, ${fetched.from === 'push' ? 'pushed, ' : ''}ETag ${fetched.object.etag}`;
  }
}
