import type { StoredHead } from './objects.ts';
import { encode } from './signature.ts';
import { type Element, renderXml, S3Error } from './xml.ts';

const MAX_KEYS = 1000;
const KNOWN = [
  'list-type',
  'prefix',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
];

/**
 * One page of ListObjectsV2, as XML.
 *
 * @param heads all objects, in key order.
 * @throws {S3Error}
 */
export function listObjects(
  heads: readonly StoredHead[],
  bucket: string,
  parameters: URLSearchParams,
): string {
  const unknown = [...parameters.keys()].filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) throw new S3Error(501, 'NotImplemented', `listing by ${unknown.join(', ')}`);
  const prefix = parameters.get('prefix') ?? '';
  const encoding = parameters.get('encoding-type');
  const shown = (key: string) => (encoding === 'url' ? encode(key).replaceAll('%2F', '/') : key);
  const token = parameters.get('continuation-token');
  const after = token === null ? (parameters.get('start-after') ?? '') : readToken(token);
  const limit = readLimit(parameters.get('max-keys'));

  const start = Buffer.from(after);
  const rest = heads.filter(
    (head) => head.key.startsWith(prefix) && Buffer.compare(Buffer.from(head.key), start) > 0,
  );
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const truncated = last !== undefined && page.length < rest.length;
  return renderXml('ListBucketResult', [
    ['Name', bucket],
    ['Prefix', shown(prefix)],
    ['MaxKeys', limit],
    ['KeyCount', page.length],
    ['IsTruncated', truncated],
    ...(encoding === null ? [] : [['EncodingType', encoding] as const]),
    ...(truncated ? [['NextContinuationToken', Buffer.from(last.key).toString('base64url')] as const] : []),
    ...page.map((head): Element => ['Contents', contents(head, shown(head.key))]),
  ]);
}

const contents = (head: StoredHead, key: string): Element[] => [
  ['Key', key],
  ['LastModified', new Date(head.modified).toISOString()],
  ['ETag', `"${head.etag}"`],
  ['Size', head.size],
  ['StorageClass', 'STANDARD'],
];

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64url');
  if (key.toString('base64url') === token && token !== '') return key.toString();
  throw new S3Error(400, 'InvalidArgument', 'the continuation token is not one of ours');
}

function readLimit(text: string | null): number {
  if (text === null) return MAX_KEYS;
  if (/^\d{1,9}$/.test(text)) return Math.min(MAX_KEYS, Number(text));
  throw new S3Error(400, 'InvalidArgument', 'max-keys is not a number');
}
