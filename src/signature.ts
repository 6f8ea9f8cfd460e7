import { createHmac, timingSafeEqual } from 'node:crypto';
import { Failure } from './failure.ts';

/*
 * Signatures as Standard Webhooks has them (https://www.standardwebhooks.com): `v1,` and the base64 of an HMAC-SHA256 over
 * `id.timestamp.body`, with a key that is written `whsec_` and base64.
 */

/** What is signed. */
export interface Signed {
  /** Names the message; the receiver takes each name once. */
  readonly id: string;
  /** Seconds since 1970, in decimal digits. */
  readonly timestamp: string;
  /** As it is sent. */
  readonly body: Buffer;
}

const PREFIX = 'whsec_';
/** Bytes. Standard Webhooks asks for 24 to 64. */
const SHORTEST_KEY = 16;
/** Of one message: one for each key while these are rotated, and some to spare. */
const MOST_SIGNATURES = 20;

/**
 * Reads keys, one a line; lines that are empty or begin with `#` do not count.
 *
 * @param setting the variable that the text is from, for messages
 * @throws {Failure} `config-invalid`; never with anything of a key
 */
export function readKeys(text: string, setting: string): Buffer[] {
  const keys: Buffer[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const written = line.trim();
    if (written !== '' && !written.startsWith('#'))
      keys.push(readKey(written, `${setting}, line ${at + 1},`));
  }
  if (keys.length === 0) throw invalid(`${setting} holds no key`);
  return keys;
}

function readKey(written: string, where: string): Buffer {
  const base64 = written.startsWith(PREFIX) ? written.slice(PREFIX.length) : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw invalid(`${where} is not whsec_ and base64`);
  const key = Buffer.from(base64, 'base64');
  if (key.length < SHORTEST_KEY) throw invalid(`${where} is a key of less than ${SHORTEST_KEY} bytes`);
  return key;
}

function invalid(message: string): Failure {
  return new Failure('config-invalid', message, {
    hint: 'Put one key a line into that file. This makes one: echo "whsec_$(openssl rand -base64 32)"',
  });
}

/** The value of a `webhook-signature` header. */
export function sign(key: Buffer, signed: Signed): string {
  return `v1,${mac(key, signed).toString('base64')}`;
}

/**
 * Whether one of the signatures in a header is right by one of the keys. How long that takes tells nothing of a key, nor how
 * much of a signature was right.
 *
 * @param header as `webhook-signature`: signatures between spaces, of which those of other versions do not count
 */
export function isSigned(header: string, signed: Signed, keys: readonly Buffer[]): boolean {
  const given = header
    .split(/\s+/)
    .slice(0, MOST_SIGNATURES)
    .map((one) => /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one)?.[1])
    .filter((base64) => base64 !== undefined)
    .map((base64) => Buffer.from(base64, 'base64'));
  let isRight = false;
  for (const key of keys) {
    const expected = mac(key, signed);
    for (const one of given) if (timingSafeEqual(one, expected)) isRight = true;
  }
  return isRight;
}

const BODY_SIGNATURE = /^sha256=(?<digest>[0-9a-f]{64})$/;

/** A signature over the body alone, as GitHub sends it in `X-Hub-Signature-256`. @param key the text of a secret, as it is written */
export function signBody(key: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

/** Whether such a signature is right; false for anything that does not look like one. */
export function isBodySigned(header: string | null, key: string, body: Buffer): boolean {
  const digest = BODY_SIGNATURE.exec(header ?? '')?.groups?.['digest'];
  if (digest === undefined) return false;
  return timingSafeEqual(Buffer.from(digest, 'hex'), createHmac('sha256', key).update(body).digest());
}

function mac(key: Buffer, { id, timestamp, body }: Signed): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
