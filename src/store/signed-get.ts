import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { parseTime } from '../time.ts';
import type { Encryption } from './dialects.ts';
import { ForeignError, StatusError } from './failures.ts';
import type { StoreSettings } from './object-store.ts';
import { encode, transport } from './transport.ts';

/*
 * A GET of one object, signed by the SDK's signer, without the client around it. That is all that a usual update asks of
 * the store, and the client takes longer to load and to begin its work than the update takes for everything else.
 */

/** The facts of an object, in the words of the SDK, and its bytes as they come. */
export interface Got extends Encryption {
  readonly Body: IncomingMessage;
  readonly ETag: string | undefined;
  readonly ContentLength: number | undefined;
  readonly LastModified: Date | undefined;
  /** Keys in lower case without `x-amz-meta-`. */
  readonly Metadata: Record<string, string>;
}

export interface GetRequest {
  readonly key: string;
  /** An ETag as the store gave it. */
  readonly ifNoneMatch?: string | undefined;
  readonly signal: AbortSignal;
}

/** Milliseconds by which a clock may differ from the store's: S3 refuses a request that is 15 minutes off. */
const MOST_SKEW_MS = 240_000;

const META = 'x-amz-meta-';

/**
 * Asks for objects. It learns the store's clock from the `Date` of its answers, as the SDK does, so that a machine whose
 * clock is wrong is refused once and no more.
 *
 * @returns a function that throws a `StatusError` for any answer but a 2xx, a `ForeignError` for a part of an object, and what
 * `node:http` throws
 */
export function objectGetter(settings: StoreSettings): (request: GetRequest) => Promise<Got> {
  const { accessKeyId, secretAccessKey, sessionToken, region } = settings;
  const signer = new SignatureV4({
    service: 's3',
    region: region === 'aws-global' ? 'us-east-1' : region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    // Of S3 alone: the path is signed as it is sent.
    uriEscapePath: false,
  });
  let skewMs = 0;
  return async ({ key, ifNoneMatch, signal }) => {
    const request = {
      ...addressOf(settings, key),
      method: 'GET',
      headers: {
        // Without it, Tigris answers from the nearest region, which may not have seen the last write yet.
        'x-tigris-consistent': 'true',
        'user-agent': 'showcase-config/1',
        ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
      } as Record<string, string>,
    };
    request.headers['host'] = request.port ? `${request.hostname}:${request.port}` : request.hostname;
    const signed = await signer.sign(request, { signingDate: new Date(Date.now() + skewMs) });
    try {
      const { response } = await transport.handle(
        { ...request, headers: signed.headers },
        { abortSignal: signal },
      );
      const body = response.body as IncomingMessage;
      if (response.statusCode !== 206) return described(response.headers, body);
      body.destroy();
      throw new ForeignError('HTTP 206, a part, although the whole object was asked for');
    } catch (error) {
      if (error instanceof StatusError) skewMs = skewOf(error.$response.headers) ?? skewMs;
      throw error;
    }
  };
}

/** In path style: Tigris has buckets as names of hosts as well, no other store that is known to be used has. */
function addressOf({ endpoint, bucket }: StoreSettings, key: string) {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  const path = [bucket, ...key.split('/')].map(encode).join('/');
  return {
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: `${pathname.replace(/\/+$/, '')}/${path}`,
    query: {},
  };
}

/** Milliseconds by which the store's clock is ahead of this host's; null where the answer does not say what time it is. */
function skewOf({ date, age }: Readonly<Record<string, string>>): number | null {
  // JavaScript makes a time of nearly any text that has a number, and of some a time that it cannot write.
  const time = parseTime(date ?? '');
  // An answer from a cache has the time at which it was made.
  if (age !== undefined || time === null) return null;
  const skew = time.getTime() - Date.now();
  return Math.abs(skew) >= MOST_SKEW_MS ? skew : 0;
}

function described(headers: Readonly<Record<string, string>>, body: IncomingMessage): Got {
  const length = headers['content-length'];
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith(META));
  return {
    Body: body,
    ETag: headers['etag'],
    ContentLength: length === undefined ? undefined : Number(length),
    LastModified: parseTime(headers['last-modified'] ?? '') ?? undefined,
    Metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(META.length), value])),
    ServerSideEncryption: headers['x-amz-server-side-encryption'],
    SSECustomerAlgorithm: headers['x-amz-server-side-encryption-customer-algorithm'],
  };
}

/** SHA-256, or its HMAC with a secret, as the signer asks for it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('the signer uses a hash once');
  }
}

function bytesOf(source: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof source === 'string') return source;
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
