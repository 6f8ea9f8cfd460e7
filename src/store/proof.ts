import { hash } from 'node:crypto';
import { bareEtag } from '../etag.ts';
import { type Encryption, hasOpaqueEtag, storedEtag } from './dialects.ts';
import { CorruptError, ForeignError } from './failures.ts';
import type { StoredObject } from './object-store.ts';

/** What the SDK gives of an object's head, whichever operation asked for it. */
interface Head extends Encryption {
  readonly ETag?: string | undefined;
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

/** @throws {CorruptError} if a field is missing that S3 always sends: then another program has answered. */
export function describeObject(key: string, head: Head, size: number): StoredObject {
  if (!head.ETag || !head.LastModified) throw new ForeignError('the answer has no ETag or no time');
  return {
    key,
    etag: storedEtag(head.ETag),
    size,
    modified: head.LastModified,
    metadata: head.Metadata ?? {},
    ...(hasOpaqueEtag(head) ? { opaqueEtag: true } : {}),
  };
}

/**
 * Proves bytes against all that is said of them: length, MD5 when the ETag is a plain one, SHA-256 when the metadata
 * has one.
 *
 * @returns the hex SHA-256 of the bytes.
 * @throws {CorruptError}
 */
export function prove(bytes: Buffer, object: StoredObject): string {
  if (bytes.length !== object.size) throw new CorruptError(`${bytes.length} of ${object.size} bytes came`);
  if (isMd5Of(object) && md5(bytes) !== bareEtag(object.etag).toLowerCase()) {
    throw new CorruptError('the bytes do not match their ETag');
  }
  const digest = sha256(bytes);
  const claimed = object.metadata['sha256'];
  if (claimed !== undefined && claimed.toLowerCase() !== digest) {
    throw new CorruptError('the bytes do not match the sha256 in their metadata');
  }
  return digest;
}

/** Whether what is said of an object proves more of its bytes than their number. */
export function isProven(object: StoredObject): boolean {
  return isMd5Of(object) || object.metadata['sha256'] !== undefined;
}

/** Whether the ETag is the MD5 of the object's bytes. */
export const isMd5Of = ({ etag, opaqueEtag = false }: StoredObject) => !opaqueEtag && isMd5(etag);

/** An ETag is the bytes' MD5 unless the object came in parts (then it ends in `-<parts>`) or is encrypted with some keys. */
export const isMd5 = (etag: string) => /^[0-9a-f]{32}$/i.test(bareEtag(etag));

export const md5 = (bytes: Buffer) => hash('md5', bytes);

export const sha256 = (bytes: Buffer) => hash('sha256', bytes);
