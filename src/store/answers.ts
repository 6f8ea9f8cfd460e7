import { ForeignError, StatusError } from './failures.ts';

/** The status that S3 gives these errors where it says at once that there is one. Any other counts as 503. */
const STATUSES: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ExpiredToken: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidToken: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
};

/** How much of an answer its first tag is looked for in: before it stand a byte order mark, a declaration, comments. */
const LONGEST_PROLOGUE = 4096;

/**
 * Proves that an answer of 200 is what was asked for, before the SDK reads it: out of anything else it makes an empty
 * listing, and an empty listing says that no event has a database. S3 sends the head of an answer before it knows whether it
 * can give it, so an error may come with a status of 200.
 *
 * @throws {StatusError} for an error document. {ForeignError} for a listing that is none, or that breaks off.
 */
export function checkAnswer(body: Uint8Array, asked: 'listing' | 'upload', headers: Record<string, string>) {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const root = rootOf(text);
  if (root === 'Error') {
    const code = codeIn(text.toString('utf8', 0, 16 * LONGEST_PROLOGUE));
    throw new StatusError(STATUSES[code] ?? 503, code, headers, 'HTTP 200');
  }
  if (asked === 'upload') return;
  if (root !== 'ListBucketResult') {
    throw new ForeignError(`the answer to a listing is ${described(text, root)}, not a ListBucketResult`);
  }
  const end = text.subarray(-LONGEST_PROLOGUE).toString().trimEnd();
  if (!/<\/(?:[\w.-]+:)?ListBucketResult\s*>$|^[^>]*\/>$/.test(end.replace(/^<\?[^>]*>\s*/, ''))) {
    throw new ForeignError('the listing breaks off before its end');
  }
}

/** The name of the first element, without a prefix; null where there is none. */
function rootOf(text: Buffer): string | null {
  const start = text
    .toString('utf8', 0, LONGEST_PROLOGUE)
    .replace(/^\uFEFF?\s*(?:<\?[\s\S]*?\?>\s*|<!--[\s\S]*?-->\s*)*/, '');
  return /^<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(start)?.[1] ?? null;
}

function described(text: Buffer, root: string | null): string {
  if (root !== null) return `a <${root.slice(0, 40)}> document`;
  return text.length === 0 ? 'empty' : `${text.length} bytes of something else`;
}

/** S3's own code out of an error document; empty when there is none. */
export function codeIn(text: string): string {
  return /<Code>\s*([A-Za-z0-9.]{1,64})\s*<\/Code>/.exec(text)?.[1] ?? '';
}
