import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { monotonicMs } from '../clock.ts';
import { Failure } from '../failure.ts';
import { createClient } from './client.ts';
import { keyReader, storedEtag } from './dialects.ts';
import { classify } from './errors.ts';
import { ForeignError, OverlongError, StatusError } from './failures.ts';
import type { HeadOutcome, ObjectInfo, ObjectStore, StoreSettings } from './object-store.ts';
import { describeObject } from './proof.ts';
import { putObject } from './put.ts';
import { createReader, isMissing, operationName } from './reader.ts';
import { type Attempt, SLOW_HINT, withRetries } from './retry.ts';

/** Of a listing: a million objects. This platform has some 500. */
const MAX_PAGES = 1000;
/** So many times the time for one operation all pages of a listing have together. */
const LISTING_TIMES = 10;

/** The object store for reading and writing. */
export function createStore(settings: StoreSettings): ObjectStore {
  const client = createClient(settings);
  const head = (key: string, attempt: Attempt) => headOnce({ client, settings }, key, attempt);
  return {
    ...createReader(settings),
    head: (key) =>
      withRetries(operationName('HEAD', settings, key), settings, (attempt) => head(key, attempt)),
    put: (key, bytes, options) => putObject({ client, settings, head }, key, bytes, options),
    list: (prefix) => listObjects({ client, settings }, prefix),
  };
}

/**
 * Buckets that have answered this process: one of their objects was found, or they said that they have not got it. Of the
 * process, since it opens a store for each time that an operation may take.
 */
const answering = new Set<string>();

const bucketOf = ({ endpoint, bucket }: StoreSettings): string => `${endpoint}/${bucket}`;

interface StoreContext {
  readonly client: S3Client;
  readonly settings: StoreSettings;
}

/** The answer to a HEAD has no body that could say why; where it says no more than its status, a GET is asked for the reason. */
async function headOnce(context: StoreContext, key: string, attempt: Attempt): Promise<HeadOutcome> {
  const bucket = bucketOf(context.settings);
  try {
    const found = await sendHead(context, key, attempt);
    answering.add(bucket);
    return found;
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== '' || !UNEXPLAINED.has(error.status)) throw error;
    if (error.status === 404 && answering.has(bucket)) return { kind: 'missing' };
    if (!(await explain(context, key, attempt))) return { kind: 'missing' };
    return await sendHead(context, key, attempt).catch(missingOrThrow);
  }
}

function missingOrThrow(error: unknown): HeadOutcome {
  if (isMissing(error)) return { kind: 'missing' };
  throw error;
}

/**
 * Of the statuses of a refusal: a wrong clock and a wrong secret are one, a missing bucket and a missing object another.
 */
const UNEXPLAINED = new Set([400, 403, 404]);

/**
 * Asks with a GET if that may help: another HEAD would be as silent as the first one.
 *
 * @returns whether the object exists after all: the SDK has learnt the store's clock meanwhile, or another client has
 *   put it there
 */
async function explain(context: StoreContext, key: string, attempt: Attempt): Promise<boolean> {
  try {
    return await sendProbe(context, key, attempt);
  } catch (error) {
    if (!classify(error)?.retry) throw error;
    return await sendProbe(context, key, attempt);
  }
}

async function sendProbe(
  { client, settings }: StoreContext,
  key: string,
  { signal }: Attempt,
): Promise<boolean> {
  const command = new GetObjectCommand({ Bucket: settings.bucket, Key: key, Range: 'bytes=0-0' });
  try {
    const { Body } = await client.send(command, { abortSignal: signal });
    (Body as { destroy?(): void } | undefined)?.destroy?.();
    return true;
  } catch (error) {
    // Of no byte none can be had.
    if (error instanceof StatusError && error.status === 416) return true;
    if (!isMissing(error)) throw error;
    if (error.code === '')
      throw new ForeignError('HTTP 404 without an error document of S3', { cause: error });
    answering.add(bucketOf(settings));
    return false;
  }
}

async function sendHead(
  { client, settings }: StoreContext,
  key: string,
  { signal }: Attempt,
): Promise<HeadOutcome> {
  const command = new HeadObjectCommand({ Bucket: settings.bucket, Key: key });
  const answer = await client.send(command, { abortSignal: signal });
  if (answer.ContentLength === undefined) throw new ForeignError('the answer has no length');
  return { kind: 'found', object: describeObject(key, answer, answer.ContentLength) };
}

/**
 * Asks for page after page. What the caller does between two pages takes none of the listing's time.
 *
 * @throws {Failure} `store-corrupt` for a listing that goes on after 1000 pages; `store-timeout` and the others.
 */
async function* listObjects({ client, settings }: StoreContext, prefix: string): AsyncGenerator<ObjectInfo> {
  const operation = operationName('LIST', settings, prefix);
  const limitMs = LISTING_TIMES * settings.timeoutMs;
  let token: string | undefined;
  let spentMs = 0;
  for (let number = 1; number === 1 || token !== undefined; number++) {
    const began = monotonicMs();
    const page = await withRetries(operation, settings, (attempt) =>
      listPage(client, settings.bucket, { prefix, number, token }, attempt),
    );
    spentMs += monotonicMs() - began;
    answering.add(bucketOf(settings));
    yield* page.objects;
    token = page.next;
    if (token !== undefined && spentMs > limitMs) {
      const message = `${operation}: the listing was still incomplete after ${number} pages and ${limitMs / 1000} s`;
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
  const items = answer.Contents ?? [];
  const readKey = keyReader(
    items.map(({ Key = '' }) => Key),
    answer.EncodingType,
  );
  const objects = items.map((item) => describeItem(item, readKey));
  const next = answer.NextContinuationToken;
  if (!(answer.IsTruncated ?? Boolean(next))) return { objects, next: undefined };
  if (!next || next === token)
    throw new ForeignError('the listing is incomplete, but has no continuation token');
  if (number === MAX_PAGES) throw new OverlongError(`the listing has more than ${MAX_PAGES} pages`);
  return { objects, next };
}

type Item = NonNullable<ListObjectsV2CommandOutput['Contents']>[number];

function describeItem({ Key, ETag, Size, LastModified }: Item, readKey: (key: string) => string): ObjectInfo {
  const isSize = Size !== undefined && Number.isSafeInteger(Size) && Size >= 0;
  if (Key === undefined || ETag === undefined || !isSize || LastModified === undefined) {
    throw new ForeignError('the listing has an object without key, ETag, size or time');
  }
  return { key: readKey(Key), etag: storedEtag(ETag), size: Size, modified: LastModified };
}
