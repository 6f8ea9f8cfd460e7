import { checkAnswer } from './answers.ts';
import { CorruptError, ForeignError, StatusError, UnfitError } from './failures.ts';
import { HINTS } from './hints.ts';
import type { GetOutcome, ObjectReader, StoreSettings } from './object-store.ts';
import { describeObject, prove } from './proof.ts';
import { type Attempt, withRetries } from './retry.ts';
import { type Got, objectGetter } from './signed-get.ts';

/** Bytes. */
const LONGEST_ERROR = 64 * 1024;

type GetOptions = Parameters<ObjectReader['get']>[1];

/** The object store for reading alone. A file of its own: it is all that `update_config` has to load. */
export function createReader(settings: StoreSettings): ObjectReader {
  const get = objectGetter(settings);
  return {
    get: (key, options) =>
      withRetries(operationName('GET', settings, key), settings, (attempt) =>
        getOnce(get, key, options, attempt),
      ),
  };
}

/** For messages: `GET showcase/db/index.sqlite3`. */
export function operationName(verb: string, settings: StoreSettings, key: string): string {
  // Keys come from the store too, and a message is one line.
  const shown = /^[\x21-\x7e]*$/.test(key) ? key : JSON.stringify(key);
  return `${verb} ${settings.bucket}/${shown}`;
}

async function getOnce(
  get: ReturnType<typeof objectGetter>,
  key: string,
  { ifNoneMatch, maxBytes }: GetOptions,
  { signal }: Attempt,
): Promise<GetOutcome> {
  let answer: Got;
  try {
    answer = await get({ key, ifNoneMatch, signal });
  } catch (error) {
    // Without a condition in the request, such an answer is not from the store, but from something in between.
    if (error instanceof StatusError && error.status === 304 && ifNoneMatch !== undefined) {
      return { kind: 'unchanged' };
    }
    if (!isMissing(error)) throw error;
    if (error.code !== '') return { kind: 'missing' };
    throw new ForeignError('HTTP 404 without an error document of S3', { cause: error });
  }
  const body = answer.Body;
  const announced = answer.ContentLength;
  if (announced !== undefined && announced > maxBytes) {
    body.destroy();
    return { kind: 'too-large', size: announced };
  }
  const bytes = await readBody(body, maxBytes, announced);
  if (bytes.length > maxBytes) return { kind: 'too-large', size: bytes.length };
  // Neither a database nor an inventory begins as an error document does.
  if (bytes.length <= LONGEST_ERROR) checkAnswer(bytes, { kind: 'object' }, {});
  const compression = compressionOf(bytes);
  if (compression) throw new UnfitError(`what is stored is compressed (${compression})`, HINTS.compressed);
  const object = describeObject(key, answer, announced ?? bytes.length);
  const sha256 = prove(bytes, object);
  return { kind: 'found', object, bytes, sha256 };
}

/** By the bytes that it begins with; null for what is none. No database and no inventory begins so. */
function compressionOf(bytes: Buffer): string | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  return bytes.length > 4 && bytes.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : null;
}

/** A bucket that is not there is not a missing object, but a wrong setting. */
export function isMissing(error: unknown): error is StatusError {
  return error instanceof StatusError && error.status === 404 && error.code !== 'NoSuchBucket';
}

/**
 * Reads to the end, or until more than `maxBytes` have come. With a known length it reads into one buffer, so that a
 * large object is not in memory twice.
 */
async function readBody(
  body: NodeJS.ReadableStream,
  maxBytes: number,
  announced: number | undefined,
): Promise<Buffer> {
  const whole = announced === undefined ? null : Buffer.allocUnsafe(announced);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (whole) chunk.copy(whole, size);
      else chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
  } catch (cause) {
    throw new CorruptError(`the answer broke off after ${size} of ${announced ?? 'unknown'} bytes`, {
      cause,
    });
  }
  return whole?.subarray(0, size) ?? Buffer.concat(chunks, size);
}
