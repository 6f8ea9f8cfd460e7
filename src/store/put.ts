import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { bareEtag } from '../etag.ts';
import { Failure } from '../failure.ts';
import { hasOpaqueEtag, storedEtag } from './dialects.ts';
import { CorruptError, ForeignError, StatusError } from './failures.ts';
import type {
  HeadOutcome,
  ObjectStore,
  PutCondition,
  PutOutcome,
  StoredObject,
  StoreSettings,
} from './object-store.ts';
import { isMd5, isMd5Of, md5, sha256 } from './proof.ts';
import { isMissing, operationName } from './reader.ts';
import { type Attempt, withRetries } from './retry.ts';

interface StoreContext {
  readonly client: S3Client;
  readonly settings: StoreSettings;
  readonly head: (key: string, attempt: Attempt) => Promise<HeadOutcome>;
}

type PutOptions = Parameters<ObjectStore['put']>[2];

interface Upload {
  readonly key: string;
  readonly bytes: Buffer;
  readonly md5: string;
  readonly sha256: string;
  readonly options: PutOptions;
}

/** Stores bytes whole, on condition, with their `sha256` added to the metadata. */
export function putObject(
  context: StoreContext,
  key: string,
  bytes: Buffer,
  options: PutOptions,
): Promise<PutOutcome> {
  for (const [name, value] of Object.entries(options.metadata)) {
    if (/^[a-z0-9-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value)) continue;
    throw new Failure(
      'internal',
      `PUT ${key}: metadata ${JSON.stringify(name)} has characters that an HTTP header cannot have`,
      {
        hint: 'Metadata names are lower-case letters, digits and hyphens; values are printable ASCII.',
      },
    );
  }
  const upload = { key, bytes, md5: md5(bytes), sha256: sha256(bytes), options };
  const state: State = { inDoubt: false, comparesBare: false };
  return withRetries(operationName('PUT', context.settings, key), context.settings, (attempt) =>
    putOnce(context, upload, state, attempt),
  );
}

/** What earlier attempts of the same upload have left behind. */
interface State {
  /** An earlier attempt ended without an answer: it may have been carried out all the same. */
  inDoubt: boolean;
  /** The store has shown that it compares ETags without their quotes (Ceph does). */
  comparesBare: boolean;
}

async function putOnce(
  context: StoreContext,
  upload: Upload,
  state: State,
  attempt: Attempt,
): Promise<PutOutcome> {
  try {
    return await send(context, upload, state, attempt);
  } catch (error) {
    if (!isConditionFailed(error, upload.options.condition)) {
      state.inDoubt = true;
      throw error;
    }
  }
  // The condition did not hold. That is not believed before it is known what is there.
  const found = await context.head(upload.key, attempt);
  const object = found.kind === 'found' ? found.object : null;
  if (object && state.inDoubt && isThisUpload(object, upload)) return { kind: 'stored', etag: object.etag };
  if (object?.etag === upload.options.condition.replaces && !state.comparesBare) {
    state.comparesBare = true;
    return putOnce(context, upload, state, attempt);
  }
  return { kind: 'changed-elsewhere', object };
}

async function send(
  { client, settings }: StoreContext,
  { key, bytes, md5, sha256, options }: Upload,
  { comparesBare }: State,
  { signal }: Attempt,
): Promise<PutOutcome> {
  const command = new PutObjectCommand({
    Bucket: settings.bucket,
    Key: key,
    Body: bytes,
    ContentLength: bytes.length,
    ContentMD5: Buffer.from(md5, 'hex').toString('base64'),
    ContentType: options.contentType,
    Metadata: { ...options.metadata, sha256 },
    ...precondition(options.condition, comparesBare),
  });
  const answer = await client.send(command, { abortSignal: signal });
  if (!answer.ETag) throw new ForeignError('the answer has no ETag');
  if (isMd5(answer.ETag) && !hasOpaqueEtag(answer) && bareEtag(answer.ETag).toLowerCase() !== md5) {
    throw new CorruptError('the ETag that the store answered is not that of the bytes sent');
  }
  return { kind: 'stored', etag: storedEtag(answer.ETag) };
}

function precondition(
  { replaces }: PutCondition,
  comparesBare: boolean,
): { IfMatch?: string; IfNoneMatch?: string } {
  if (replaces === 'anything') return {};
  if (replaces === 'nothing') return { IfNoneMatch: '*' };
  return { IfMatch: comparesBare ? bareEtag(replaces) : replaces };
}

/** 412; and, as Amazon's S3 has it, 404 for `If-Match` on an object that is gone. */
function isConditionFailed(error: unknown, { replaces }: PutCondition): boolean {
  if (replaces === 'anything') return false;
  return isMissing(error) || (error instanceof StatusError && error.status === 412);
}

/** An MD5 that the store has computed weighs more than a digest that we have sent. */
function isThisUpload(object: StoredObject, upload: Upload): boolean {
  return isMd5Of(object)
    ? bareEtag(object.etag).toLowerCase() === upload.md5
    : object.size === upload.bytes.length && object.metadata['sha256'] === upload.sha256;
}
