import { databaseKey, INDEX_NAME } from '../bucket/object-names.ts';
import { md5, sha256 } from '../store/proof.ts';
import type { Fetched } from './fetch.ts';

/** An index that a request has brought, and that is signed. */
export type PushedIndex = Extract<Fetched, { readonly kind: 'found' }>;

/**
 * What was pushed, in the form of what the store would answer with the same bytes: its ETag is the one that stores give to
 * an object that is sent as a whole, so that a store that has the very same need not send it again.
 *
 * @param changed when it was last changed
 */
export function pushedIndex(bytes: Buffer, changed: Date): PushedIndex {
  const etag = `"${md5(bytes)}"`;
  const object = { key: databaseKey(INDEX_NAME), etag, size: bytes.length, modified: changed, metadata: {} };
  return { kind: 'found', from: 'push', object, bytes, sha256: sha256(bytes) };
}
