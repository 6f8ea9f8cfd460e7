import {
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { quotedEtag } from '../etag.ts';
import { createClient } from './client.ts';
import { CorruptError } from './errors.ts';
import { describeObject } from './proof.ts';
import { putObject } from './put.ts';
import { isMissing, operationName, readerWith } from './reader.ts';
import { type Attempt, withRetries } from './retry.ts';
import type { HeadOutcome, ObjectInfo, ObjectStore, StoreSettings } from './types.ts';

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
    if (answer.ContentLength === undefined) throw new CorruptError('the answer has no length');
    return { kind: 'found', object: describeObject(key, answer, answer.ContentLength) };
  } catch (error) {
    if (isMissing(error)) return { kind: 'missing' };
    throw error;
  }
}

async function* listObjects(
  client: S3Client,
  settings: StoreSettings,
  prefix: string,
): AsyncGenerator<ObjectInfo> {
  const operation = operationName('LIST', settings, prefix);
  let token: string | undefined;
  do {
    const page = await withRetries(operation, settings.timeoutMs, (attempt) =>
      listPage(client, settings.bucket, prefix, token, attempt),
    );
    yield* page.objects;
    token = page.next;
  } while (token !== undefined);
}

async function listPage(
  client: S3Client,
  bucket: string,
  prefix: string,
  token: string | undefined,
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
