import { isRecord, parseJson } from '../json.ts';
import { isCount } from './outbox-ack.ts';

/** What came of one request. */
export type PostResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Of `Retry-After`, in milliseconds; null without one. */
      readonly retryAfterMs: number | null;
      /** The receiver's clock minus ours, in milliseconds; null where it does not say. */
      readonly skewMs: number | null;
      /** Of a body that is JSON. */
      readonly lastSeq: number | null;
      readonly url: string | null;
    }
  /** `reason`: a code such as `ECONNREFUSED`, or `no answer within 10 s`. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * What is done about an answer. `again`: the same is sent again, later. `busy`: the same, at the time that it says, since it is
 * in order and takes only so much. `not-found`: the same, but not for long. `refused`:
 * this very request will never be taken. `gone`: nothing more is sent to this address, and nothing is kept for it. `stop`:
 * nothing more is sent in this run.
 */
export type Verdict = 'taken' | 'again' | 'busy' | 'not-found' | 'refused' | 'too-large' | 'gone' | 'stop';

const AGAIN = [408, 425, 429];
const REFUSED = [400, 409, 422];
const UNAUTHORIZED = [401, 403];

export function verdictOn({ status, retryAfterMs }: Pick<Answered, 'status' | 'retryAfterMs'>): Verdict {
  if (status >= 200 && status < 300) return 'taken';
  if (status === 429 && retryAfterMs !== null) return 'busy';
  if (status >= 500 || AGAIN.includes(status)) return 'again';
  if (REFUSED.includes(status)) return 'refused';
  if (status === 413) return 'too-large';
  if (status === 410) return 'gone';
  // A redirect is never followed: it would make a GET of a POST, and hand the body to somebody else.
  if (status < 400 || UNAUTHORIZED.includes(status)) return 'stop';
  return 'not-found';
}

type Answered = Extract<PostResult, { kind: 'answered' }>;

/** Milliseconds between two clocks from which on it is said that they differ: receivers take five minutes. */
const NOTABLE_SKEW_MS = 300_000;

/** Why nothing more is sent, or not now: for a note. Never with anything of the answer's text. */
export function reasonOf(result: PostResult): string {
  if (result.kind === 'failed') return `the dashboard does not answer (${result.reason})`;
  const { status, skewMs } = result;
  const http = `HTTP ${status}`;
  if (status < 400)
    return `the dashboard redirects to another address (${http}), which is not followed: correct callback_url`;
  if (UNAUTHORIZED.includes(status)) {
    const seconds = Math.round(Math.abs(skewMs ?? 0) / 1000);
    const clocks =
      Math.abs(skewMs ?? 0) > NOTABLE_SKEW_MS ? `; its clock and ours are ${seconds} s apart` : '';
    return `the dashboard does not accept our key (${http})${clocks}`;
  }
  if (status === 410) return `the dashboard is gone for good (${http}); nothing is kept for it`;
  if (REFUSED.includes(status) || status === 413) return `the dashboard refuses what it is sent (${http})`;
  if (verdictOn(result) === 'not-found') return `there is no dashboard at callback_url (${http})`;
  return `the dashboard is out of order (${http})`;
}

/** What the headers and the body of an answer say. */
export function readAnswer(
  status: number,
  headers: { readonly 'retry-after'?: string | undefined; readonly date?: string | undefined },
  body: Buffer,
  now: number,
): PostResult {
  const found = body.length > 0 ? parseJson(body.toString()) : undefined;
  const { last_seq: lastSeq, url } = isRecord(found) ? found : {};
  const at = Date.parse(headers.date ?? '');
  return {
    kind: 'answered',
    status,
    retryAfterMs: readRetryAfter(headers['retry-after'], now),
    skewMs: Number.isNaN(at) ? null : at - now,
    lastSeq: isCount(lastSeq) ? lastSeq : null,
    url: typeof url === 'string' ? url : null,
  };
}

/** Seconds, or a date. */
function readRetryAfter(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
