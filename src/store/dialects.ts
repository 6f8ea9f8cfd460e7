import { quotedEtag } from '../etag.ts';
import { parseTime } from '../time.ts';
import { ForeignError } from './failures.ts';

/* Where stores, and proxies before them, differ from Amazon's S3. */

/**
 * A page of a listing as the SDK reads it. The SDK does not know an element with a prefix. If `IsTruncated` is anything but
 * `true`, it takes the page for the last one. If a time has another notation than its own, it takes the answer for a broken one.
 * Google's store says in another element that keys are encoded.
 *
 * @throws {ForeignError} if `IsTruncated` is neither true nor false
 */
export function asAmazonLists(page: Uint8Array): Buffer {
  const text = Buffer.from(page.buffer, page.byteOffset, page.byteLength).toString();
  return Buffer.from(
    text
      .replace(/<(\/?)[\w.-]+:(?=\w)/g, '<$1')
      .replace(/(<IsTruncated>)([^<]*)(?=<)/g, (_, open: string, said: string) => open + goesOn(said))
      .replace(/<(\/?)Encoding-Type>/g, '<$1EncodingType>')
      .replace(/(<LastModified>)([^<]{1,100})(<\/LastModified>)/g, (whole, open, said, close) => {
        const time = parseTime(said);
        return time ? `${open}${time.toISOString()}${close}` : whole;
      }),
  );
}

function goesOn(said: string): string {
  const word = said.trim().toLowerCase();
  if (word === 'true' || word === '1') return 'true';
  if (word === 'false' || word === '0') return 'false';
  throw new ForeignError('the listing does not say whether it goes on');
}

/** Headers that say that an object is encrypted with a key of a key service. */
const KEY_SERVICE = ['x-amz-server-side-encryption-aws-kms-key-id', 'x-goog-encryption-kms-key-name'];
/** Headers that say that it is encrypted with a key which its readers must send. */
const SENT_KEY = ['x-amz-server-side-encryption-customer-key-md5', 'x-goog-encryption-algorithm'];

/** Headers as the SDK reads them. */
export function asAmazonSays(headers: Record<string, string>): void {
  if (KEY_SERVICE.some((name) => headers[name])) headers['x-amz-server-side-encryption'] = 'aws:kms';
  if (SENT_KEY.some((name) => headers[name]))
    headers['x-amz-server-side-encryption-customer-algorithm'] = 'AES256';
  // No answer that we use needs one, and the SDK treats an invalid date as a broken answer.
  delete headers['expires'];
  const time = parseTime(headers['last-modified'] ?? '');
  if (time) headers['last-modified'] = time.toUTCString();
}

/**
 * The ETag that the store itself has: what compresses answers on their way, or might, marks that of a GET as a weak one or
 * as another one (`-gzip`), and only on that.
 */
export function storedEtag(etag: string): string {
  return quotedEtag(etag.replace(/^W\//i, '')).replace(/(?:--|[-;:/+._])(?:gzip|deflate|df|br|zstd)"$/, '"');
}

/** What is said of how an object is encrypted. */
export interface Encryption {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/**
 * Whether an ETag of 32 hex digits is not an MD5: so with a key of the customer's, or one of a key service. With a key
 * of the store's own (AES256) it is one.
 */
export function hasOpaqueEtag({ ServerSideEncryption, SSECustomerAlgorithm }: Encryption): boolean {
  return Boolean(SSECustomerAlgorithm) || (ServerSideEncryption ?? 'AES256') !== 'AES256';
}

/** What an encoded key is made of. */
const ENCODED = /^(?:[\w.~*'()!/:@&=,;$+-]|%[0-9A-Fa-f]{2})*$/;

/**
 * How to read the keys of a page. Some stores say that they are encoded when they are not; some do not say so when they
 * are, as we asked. One key that shows which is the case decides for all of them.
 *
 * @param encoding what the page says about it
 */
export function keyReader(keys: readonly string[], encoding: string | undefined): (key: string) => string {
  if (!keys.every((key) => ENCODED.test(key))) return (key) => key;
  // Without a word about encoding, a plus is not read as a space.
  const isSaid = encoding?.toLowerCase() === 'url';
  return (key) => decoded(isSaid ? key.replaceAll('+', ' ') : key);
}

/** A key that is not UTF-8 is not ours, and does not prevent the reading of a listing. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    const bytes = key.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return Buffer.from(bytes, 'latin1').toString();
  }
}
