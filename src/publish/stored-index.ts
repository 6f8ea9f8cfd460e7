import { objectTime, statedDigest } from '../bucket/object-names.ts';
import { imageDigest } from '../database/image.ts';
import { Failure } from '../failure.ts';
import type { PublishedIndex } from '../report/fleet-results.ts';
import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import { sha256 } from '../store/proof.ts';
import type { OwnIndex } from './publish-context.ts';
import { sameRows } from './same-rows.ts';

/** The index in the store. */
export interface IndexInStore {
  readonly index: PublishedIndex;
  /** `imageDigest`; that of ours if it has the same rows; null if it is not a readable index. */
  readonly digest: string | null;
  /** Its bytes, where they had to be fetched. */
  readonly image: Buffer | null;
  /** Why it could not be read; null if it could. */
  readonly problem: string | null;
}

/** What this host knows about an object without fetching it. */
export interface Known {
  readonly etag: string;
  readonly digest: string;
}

/** An object of the store as an index that machines are to have. */
export function publishedIndex(object: StoredObject): PublishedIndex {
  const digest = statedDigest(object);
  return {
    ...(digest ? { digest } : {}),
    etag: object.etag,
    sha256: object.metadata['sha256'] ?? null,
    size: object.size,
    time: objectTime(object).toISOString(),
    publishedAt: object.modified.toISOString(),
    by: object.metadata['published-by'] || null,
  };
}

/**
 * The index in the store; null for none. Its bytes are fetched only if neither its ETag nor the digest in its metadata
 * identifies them.
 *
 * @throws {Failure} `store-*`
 */
export async function readStored(
  store: ObjectStore,
  key: string,
  maxBytes: number,
  known: { own: OwnIndex; published: Known | null },
): Promise<IndexInStore | null> {
  const head = await store.head(key);
  if (head.kind === 'missing') return null;
  const index = publishedIndex(head.object);
  const unread = { index, image: null, problem: null };
  if (known.published?.etag === index.etag) return { ...unread, digest: known.published.digest };
  if (head.object.metadata['sha256'] === sha256(known.own.image)) {
    return { ...unread, digest: known.own.digest };
  }
  const stored = await fetchStored(store, key, maxBytes, index);
  const { own } = known;
  // An index with exactly our rows counts as ours, however SQLite has laid it out.
  return stored?.image && stored.digest !== own.digest && sameRows(stored.image, own.image)
    ? { ...stored, digest: own.digest }
    : stored;
}

/** The same with its bytes, if they can still be fetched. */
export async function withImage(
  store: ObjectStore,
  key: string,
  maxBytes: number,
  stored: IndexInStore,
): Promise<IndexInStore> {
  if (stored.image || stored.problem !== null) return stored;
  return (await fetchStored(store, key, maxBytes, stored.index)) ?? stored;
}

/**
 * The index in the store with its bytes; null for none, or one that cannot be had whole.
 *
 * @throws {Failure} `store-*`
 */
export async function fetchIndex(
  store: ObjectStore,
  key: string,
  maxBytes: number,
): Promise<{ readonly index: PublishedIndex; readonly image: Buffer } | null> {
  const got = await store.get(key, { maxBytes });
  return got.kind === 'found' ? { index: publishedIndex(got.object), image: got.bytes } : null;
}

/** A damaged index in the store must not prevent the publication of a good one over it. */
async function fetchStored(
  store: ObjectStore,
  key: string,
  maxBytes: number,
  index: PublishedIndex,
): Promise<IndexInStore | null> {
  const unreadable = (problem: string) => ({ index, digest: null, image: null, problem });
  try {
    const got = await store.get(key, { maxBytes });
    switch (got.kind) {
      case 'found':
        return {
          index: publishedIndex(got.object),
          digest: imageDigest(got.bytes),
          image: got.bytes,
          problem: null,
        };
      case 'too-large':
        return unreadable(`it has ${got.size} bytes, more than machines take`);
      case 'missing':
      case 'unchanged':
        return null;
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'store-corrupt') throw error;
    return unreadable(error.message);
  }
}
