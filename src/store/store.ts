import { performance } from 'node:perf_hooks';
import {
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { quotedEtag } from '../etag.ts';
import { Failure } from '../failure.ts';
import { createClient } from './client.ts';
import { CorruptError, ForeignError, OverlongError } from './failures.ts';
import { describeObject } from './proof.ts';
import { putObject } from './put.ts';
import { isMissing, operationName, readerWith } from './reader.ts';
import { type Attempt, SLOW_HINT, withRetries } from './retry.ts';
import type { HeadOutcome, ObjectInfo, ObjectStore, StoreSettings } from './types.ts';

/** Of a listing: a million objects. This platform has some 500. */
const MAX_PAGES = 1000;
/** So many times the time for one operation all pages of a listing have together. */
const LISTING_TIMES = 10;

/** The object store for reading and writing. */
export function createStore(settings: StoreSettings): ObjectStore {
  const client = createClient(settings);
  const head = (key: string, attempt: Attempt) => headOnce(client, settings.bucket, key, attempt);
  return {
    ...readerWith(client, settings),
    head: (key) =>
      withRetries(operationName('HEAD', settings, key), settings.timeoutMs, (attempt) => head(key, attempt)),
    put: (key, bytes, options) => putObject({ client, settings, head }, key, bytes, options),
    list: (prefix) => listObjects(client, settings, prefix),
  };
}

async function headOnce(
  client: S3Client,
  bucket: string,
  key: string,
  { signal }: Attempt,
): Promise<HeadOutcome> {
  try {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const answer = await client.send(command, { abortSignal: signal });
    if (answer.ContentLength === undefined) throw new ForeignError('the answer has no length');
    return { kind: 'found', object: describeObject(key, answer, answer.ContentLength) };
  } catch (error) {
    if (isMissing(error)) return { kind: 'missing' };
    throw error;
  }
}

/**
 * Asks for page after page. What the caller does between two pages takes none of the listing's time.
 *
 * @throws {Failure} `store-corrupt` for a listing that goes on after 1000 pages; `store-timeout` and the others.
 */
async function* listObjects(
  client: S3Client,
  settings: StoreSettings,
  prefix: string,
): AsyncGenerator<ObjectInfo> {
  const operation = operationName('LIST', settings, prefix);
  const limitMs = LISTING_TIMES * settings.timeoutMs;
  let token: string | undefined;
  let spentMs = 0;
  for (let number = 1; number === 1 || token !== undefined; number++) {
    const began = performance.now();
    const page = await withRetries(operation, settings.timeoutMs, (attempt) =>
      listPage(client, settings.bucket, { prefix, number, token }, attempt),
    );
    spentMs += performance.now() - began;
    yield* page.objects;
    token = page.next;
    if (token !== undefined && spentMs > limitMs) {
      const message = `${operation}: the listing was not at its end after ${number} pages and ${limitMs / 1000} s`;
      throw new Failure('store-timeout', message, { hint: SLOW_HINT });
    }
  }
}

interface PageRequest {
  readonly prefix: string;
  /** From 1. */
  readonly number: number;
  /** Where the page before said that the listing goes on; undefined for the first one. */
  readonly token: string | undefined;
}

async function listPage(
  client: S3Client,
  bucket: string,
  { prefix, number, token }: PageRequest,
  { signal }: Attempt,
): Promise<{ objects: ObjectInfo[]; next: string | undefined }> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    // A key may hold characters that XML cannot.
    EncodingType: 'url',
    ...(token === undefined ? {} : { ContinuationToken: token }),
  });
  const answer = await client.send(command, { abortSignal: signal });
  const objects = (answer.Contents ?? []).map((item) => describeItem(item, answer.EncodingType));
  if (!answer.IsTruncated) return { objects, next: undefined };
  const next = answer.NextContinuationToken;
  if (!next || next === token) throw new CorruptError('a listing says that it goes on, but not where');
  if (number === MAX_PAGES) throw new OverlongError(`the listing goes on after ${MAX_PAGES} pages`);
  return { objects, next };
}

type Item = NonNullable<ListObjectsV2CommandOutput['Contents']>[number];

function describeItem({ Key, ETag, Size, LastModified }: Item, encoding: string | undefined): ObjectInfo {
  if (Key === undefined || ETag === undefined || Size === undefined || LastModified === undefined) {
    throw new CorruptError('a listing names an object without key, ETag, size or time');
  }
  const key = encoding === 'url' ? decodeKey(Key) : Key;
  return { key, etag: quotedEtag(ETag), size: Size, modified: LastModified };
}

function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (cause) {
    throw new CorruptError('a listing names a key that is not percent-encoded UTF-8', { cause });
  }
}
