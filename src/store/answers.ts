import { bareEtag } from '../etag.ts';
import { ForeignError, StatusError } from './failures.ts';

/** The status that S3 gives these errors where it says at once that there is one. Any other counts as 503. */
const STATUSES: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AllAccessDisabled: 403,
  AuthorizationHeaderMalformed: 400,
  ExpiredToken: 400,
  IllegalLocationConstraintException: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidBucketName: 400,
  InvalidObjectState: 403,
  InvalidRegionName: 400,
  InvalidRequest: 400,
  InvalidToken: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  PermanentRedirect: 301,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  TokenRefreshRequired: 400,
};

/** How much of an answer its first tag is looked for in: before it stand a byte order mark, a declaration, comments. */
const LONGEST_PROLOGUE = 4096;

/** What the answer to a request is to be. */
export interface Expected {
  readonly kind: 'listing' | 'upload' | 'object';
  /** Of the keys that were asked for. */
  readonly prefix?: string;
  /** MD5 of what was sent, in base64. */
  readonly md5?: string | undefined;
}

/**
 * Proves that an answer of 200 is what was asked for, before the SDK reads it: out of anything else it makes an empty
 * listing, and an empty listing says that no event has a database. S3 sends the head of an answer before it knows whether it
 * can give it, so an error may come with a status of 200.
 *
 * @throws {StatusError} for an error document. {ForeignError} for a listing that is none, is another one, or breaks off; for
 *   an upload that is answered with a page of something else; for an object that is a web page.
 */
export function checkAnswer(
  body: Uint8Array,
  { kind, prefix = '', md5 = '' }: Expected,
  headers: Record<string, string>,
) {
  const text = withoutBlanks(body);
  const root = rootOf(text);
  if (root === 'Error') {
    const code = codeIn(text.toString('utf8', 0, 16 * LONGEST_PROLOGUE));
    const status = STATUSES[code] ?? (code.startsWith('KMS.') ? 400 : 503);
    throw new StatusError(status, code, headers, 'HTTP 200');
  }
  // Neither a database nor an inventory is a web page.
  if (kind === 'object' && root?.toLowerCase() === 'html') {
    throw new ForeignError(`the answer is ${described(text, root)}`);
  }
  if (kind === 'upload') checkUpload(text, root, { md5, etag: headers['etag'] ?? '' });
  if (kind !== 'listing') return;
  if (root !== 'ListBucketResult') {
    throw new ForeignError(`the answer to a listing is ${described(text, root)}, not a ListBucketResult`);
  }
  const end = text.subarray(-LONGEST_PROLOGUE).toString().trimEnd();
  if (!/<\/(?:[\w.-]+:)?ListBucketResult\s*>$|^[^>]*\/>$/.test(end.replace(/^<\?[^>]*>\s*/, ''))) {
    throw new ForeignError('the listing breaks off before its end');
  }
  checkListing(text.toString(), prefix);
}

/** A server that answers any request with a page of its own, which may have an ETag, has stored nothing. */
function checkUpload(text: Buffer, root: string | null, { md5, etag }: { md5: string; etag: string }): void {
  if (text.length === 0 || root?.endsWith('Result')) return;
  if (md5 !== '' && bareEtag(etag).toLowerCase() === Buffer.from(md5, 'base64').toString('hex')) return;
  throw new ForeignError(`the answer to an upload is ${described(text, root)}, but should be empty`);
}

/** A page that is a listing by its form may be one of other keys, or hold an error. */
function checkListing(text: string, prefix: string): void {
  if (/<(?:[\w.-]+:)?Error[\s/>]/.test(text)) throw new ForeignError('the listing contains an error');
  // Each group of keys has a prefix too; those stand behind the keys.
  const head = text.split(/<(?:[\w.-]+:)?Contents[\s/>]/, 1)[0] ?? '';
  const said = /<(?:[\w.-]+:)?Prefix>([^<]+)</.exec(head)?.[1]?.trim();
  // Stores write other prefixes, and an empty one, each in its own way.
  const isPlain = /^[\w/-]+$/.test(prefix);
  if (said && isPlain && said.replace(/%2F|&#(?:47|x2F);/gi, '/') !== prefix) {
    throw new ForeignError('the listing is of other keys than those that were asked for');
  }
}

/** A busy store may send blanks first, so that the connection is kept. */
function withoutBlanks(body: Uint8Array): Buffer {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const start = text.findIndex((byte) => byte > 0x20);
  return text.subarray(start === -1 ? text.length : start);
}

/** The name of the first element, without a prefix; null where there is none. */
function rootOf(text: Buffer): string | null {
  const start = text
    .toString('utf8', 0, LONGEST_PROLOGUE)
    .replace(/^\uFEFF?\s*(?:<\?[\s\S]*?\?>\s*|<!--[\s\S]*?-->\s*|<!DOCTYPE[^<>[]*>\s*)*/i, '');
  return /^<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(start)?.[1] ?? null;
}

function described(text: Buffer, root: string | null): string {
  if (root !== null) return `a <${root.slice(0, 40)}> document`;
  return text.length === 0 ? 'empty' : `${text.length} bytes of something else`;
}

/** S3's own code out of an error document; empty when there is none. */
export function codeIn(text: string): string {
  return (
    /<(?:[\w.-]+:)?Code>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9.]{1,64})\s*(?:\]\]>\s*)?</.exec(text)?.[1] ?? ''
  );
}
