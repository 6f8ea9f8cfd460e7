import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { S3Error } from './xml.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const MAX_SKEW_MS = 15 * 60 * 1000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/s3\/aws4_request,\s*SignedHeaders=([a-z0-9;.-]+),\s*Signature=([0-9a-f]{64})$/;

/**
 * Verifies a request's signature (AWS Signature Version 4 in the Authorization header) and that its body is the signed
 * one. Any region is good; the Host header is taken as it came, so that a proxy may stand in front.
 *
 * @param target path and query exactly as they were sent.
 * @throws {S3Error}
 */
export function verifySignature(request: IncomingMessage, target: string, body: Buffer, keys: Keys): void {
  const header = (name: string) => request.headers[name]?.toString() ?? '';
  const payload = header('x-amz-content-sha256');
  if (payload.startsWith('STREAMING-') || /\baws-chunked\b/.test(header('content-encoding'))) {
    throw new S3Error(
      501,
      'NotImplemented',
      'aws-chunked uploads are not supported: set checksums to WHEN_REQUIRED',
    );
  }
  const [, id, date, region, signed, signature] = AUTHORIZATION.exec(header('authorization')) ?? [];
  if (!id || !date || !region || !signed || !signature)
    throw new S3Error(403, 'AccessDenied', 'no AWS4-HMAC-SHA256 signature');
  if (id !== keys.accessKeyId) throw new S3Error(403, 'InvalidAccessKeyId', 'unknown access key');

  const stamp = header('x-amz-date');
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - at) <= MAX_SKEW_MS))
    throw new S3Error(403, 'RequestTimeTooSkewed', 'the clocks differ too much');

  const names = signed.split(';');
  const mustBeSigned = Object.keys(request.headers).filter(
    (name) => name === 'host' || name.startsWith('x-amz-'),
  );
  if (!stamp.startsWith(date) || !mustBeSigned.every((name) => names.includes(name))) {
    throw new S3Error(403, 'AccessDenied', 'there were headers present which were not signed');
  }
  const canonical = [
    request.method,
    ...canonicalTarget(target),
    ...names.map((name) => `${name}:${header(name).trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    payload,
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = [date, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'))) {
    throw new S3Error(403, 'SignatureDoesNotMatch', 'the signature does not match');
  }
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'the body is not the one that was signed');
  }
}

/** S3 signs the path encoded once, and never normalised: `a//b` and `a/../b` are keys like any other. */
function canonicalTarget(target: string): [path: string, query: string] {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const pairs = query.split('&').filter((pair) => pair !== '');
  const encoded = pairs.map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    return [encode(decode(name)), encode(decode(value))] as const;
  });
  encoded.sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  return [
    path
      .split('/')
      .map((segment) => encode(decode(segment)))
      .join('/'),
    encoded.map(([name, value]) => `${name}=${value}`).join('&'),
  ];
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', 'the path or the query is not percent-encoded UTF-8');
  }
}

export const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: string | Buffer) => hash('sha256', data);

const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
