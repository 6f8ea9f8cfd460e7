import type { IncomingMessage, RequestOptions } from 'node:http';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { httpFor } from '../http-for.ts';
import { checkAnswer, codeIn, type Expected } from './answers.ts';
import { asAmazonLists, asAmazonSays } from './dialects.ts';
import { ForeignError, OverlongError, StatusError } from './failures.ts';

/** An error answer is an XML document of a few hundred bytes; more than this of it is not read. */
const MAX_ERROR_BODY = 64 * 1024;
/**
 * Bytes. The largest is a page of a listing: 1000 keys of 1024 bytes, which are 3072 percent-encoded, and 600 bytes at most
 * beside each. 4 MiB of blanks take 275 MiB of memory to be parsed, and 16 MiB took 730.
 */
const MAX_SHORT_ANSWER = 4 * 2 ** 20;
/**
 * Tags and entities of a short answer; a page of 1000 objects has some 30,000. What is made of them takes far more memory
 * than they do: 16 MiB of nothing else took 1.3 GiB.
 */
const MAX_MARKUP = 200_000;
const [LESS_THAN, AMPERSAND] = [0x3c, 0x26];

interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/**
 * Sends what the SDK has signed, over one connection per request. Used instead of the SDK's handler because that one
 * loads `node:http` as an ES module, which drags in all of undici (some 40 ms), keeps sockets open after the work is
 * done, and lets every status pass as an answer to be parsed. Proxy variables are not looked at.
 */
export const transport = {
  metadata: { handlerProtocol: 'http/1.1' },
  async handle(signed: SignedRequest, options: { abortSignal?: AbortSignal } = {}) {
    const message = await send(signed, options.abortSignal);
    const headers = plainHeaders(message);
    const statusCode = message.statusCode ?? 0;
    if (statusCode < 200 || statusCode > 299)
      throw new StatusError(statusCode, await errorCode(message), headers);
    asAmazonSays(headers);
    const asked = askedFor(signed);
    if (asked.kind === 'object') return { response: { statusCode, headers, body: message } };
    const body = await collect(message, asked.kind === 'listing' ? 'page of the listing' : 'answer');
    checkAnswer(body, asked, headers);
    return { response: { statusCode, headers, body: asked.kind === 'listing' ? asAmazonLists(body) : body } };
  },
  destroy() {},
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
} satisfies S3ClientConfig['requestHandler'];

/** What the answer to a request is to be. That to a HEAD has no body, and that to a GET is proved by its reader. */
function askedFor({ method, query, headers }: SignedRequest): Expected {
  if (method === 'PUT') return { kind: 'upload', md5: headers['content-md5'] };
  if (method !== 'GET' || query?.['list-type'] === undefined) return { kind: 'object' };
  return { kind: 'listing', prefix: String(query['prefix'] ?? '') };
}

/**
 * The whole of a short answer, such as one page of a listing. Never holds more than 4 MiB and a chunk of it.
 *
 * @param what it is, in words
 * @throws {OverlongError} beyond 4 MiB or 200,000 tags and entities; the connection is closed then.
 */
export async function collect(message: AsyncIterable<Uint8Array>, what = 'answer'): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let markup = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size > MAX_SHORT_ANSWER)
      throw new OverlongError(`the ${what} has more than ${MAX_SHORT_ANSWER} bytes`);
    markup += markupIn(chunk);
    if (markup > MAX_MARKUP)
      throw new OverlongError(`the ${what} has more than ${MAX_MARKUP} tags and entities`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** By place: an iterator of bytes takes 90 ms for 4 MiB, and this 5. */
function markupIn(chunk: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte === LESS_THAN || byte === AMPERSAND) count += 1;
  }
  return count;
}

function send(signed: SignedRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: signed.method,
    hostname: signed.hostname.replace(/^\[(.*)\]$/, '$1'),
    path: signed.path + queryString(signed.query),
    headers: signed.headers,
    agent: false,
    ...(signed.port === undefined ? {} : { port: signed.port }),
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve, reject) => {
    const sent = httpFor(signed).request(options, resolve);
    // Stays for the life of the socket: an error after the answer has begun reaches its reader by the message.
    sent.on('error', reject);
    // Node says no more than this about a change to another protocol.
    sent.on('close', () => reject(new ForeignError('the connection ended without an answer')));
    sent.end(signed.body);
  });
}

/** The query exactly as it was signed: everything but RFC 3986's unreserved characters percent-encoded. */
function queryString(query: SignedRequest['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${encode(name)}=${encode(each)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Everything but RFC 3986's unreserved characters percent-encoded. */
export const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function plainHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** S3's own code out of an error document; empty when there is none, or when the answer breaks off. */
async function errorCode(message: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of message.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_ERROR_BODY) break;
    }
  } catch {
    // The status says enough.
  }
  return codeIn(text);
}
