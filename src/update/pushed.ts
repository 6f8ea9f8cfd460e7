import { databaseKey, INDEX_NAME } from '../bucket/object-names.ts';
import { md5, sha256 } from '../store/proof.ts';
import type { Fetched } from './fetch.ts';

/** A signed index that came with a request. */
export type PushedIndex = Extract<Fetched, { readonly kind: 'found' }>;

/**
 * A pushed index in the form of a fetched one: with the ETag that a store gives to an object that is sent as a whole.
 * So a store that has the same bytes need not send them again.
 *
 * @param changed when it was last changed
 */
export function pushedIndex(bytes: Buffer, changed: Date): PushedIndex {
  const etag = `"${md5(bytes)}"`;
  const object = { key: databaseKey(INDEX_NAME), etag, size: bytes.length, modified: changed, metadata: {} };
  return { kind: 'found', from: 'push', object, bytes, sha256: sha256(bytes) };
}
