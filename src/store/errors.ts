import { Failure } from '../failure.ts';
import { CorruptError, ForeignError, OverlongError, StatusError, UnfitError } from './failures.ts';
import { HINTS, refusalHint } from './hints.ts';

/** What an error means: whether another attempt can help, and what to say if not. */
export interface Classified {
  readonly retry: boolean;
  readonly code: 'store-unreachable' | 'store-refused' | 'store-corrupt';
  readonly reason: string;
  readonly hint: string;
  /** Whether nothing of an answer has come: then the address that was asked is part of the news. */
  readonly unanswered?: boolean;
}

/** Beside them Tigris sheds load with 408 `RequestCanceled` and 503 `SlowDown`. */
const TRANSIENT_STATUSES = new Set([408, 429, 500, 502, 503, 504]);
/**
 * Codes that S3 documents as worth a retry although their status is a 4xx. `RequestTimeTooSkewed` is one because the
 * SDK learns the store's clock from the answer and signs the next attempt by it.
 */
const TRANSIENT_CODES = new Set([
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'ConditionalRequestConflict',
  'OperationAborted',
]);

/** Null for an error that is none of the store's, but a mistake of this program. */
export function classify(error: unknown): Classified | null {
  if (error instanceof StatusError) return classifyStatus(error);
  if (error instanceof CorruptError) {
    const hint = error instanceof ForeignError ? HINTS.foreign : HINTS.corrupt;
    return { retry: true, code: 'store-corrupt', reason: error.message, hint };
  }
  if (error instanceof OverlongError) {
    return { retry: false, code: 'store-corrupt', reason: error.message, hint: HINTS.overlong };
  }
  if (error instanceof UnfitError) {
    return { retry: false, code: 'store-corrupt', reason: error.message, hint: error.hint };
  }
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT)/.test(code)) {
    const reason = `the certificate was not accepted (${code})`;
    return {
      retry: false,
      code: 'store-unreachable',
      reason,
      hint: HINTS.certificate,
      unanswered: true,
    };
  }
  if (code !== '') {
    // Node's system errors, the HTTP parser's (HPE_*) and TLS's (ERR_SSL_*): the connection, one way or another.
    return {
      retry: true,
      code: 'store-unreachable',
      reason: code === 'ENOTFOUND' ? `no such host (${code})` : `connection failed (${code})`,
      hint: HINTS.down,
      unanswered: true,
    };
  }
  return null;
}

function classifyStatus(error: StatusError): Classified {
  const { status, code, message: reason } = error;
  const refused = (hint: string): Classified => ({ retry: false, code: 'store-refused', reason, hint });
  if (code === 'RequestTimeTooSkewed') return { ...refused(HINTS.clock), retry: true };
  if (TRANSIENT_STATUSES.has(status) || TRANSIENT_CODES.has(code)) {
    return { retry: true, code: 'store-unreachable', reason, hint: HINTS.down };
  }
  if (status >= 500) return { retry: false, code: 'store-unreachable', reason, hint: HINTS.down };
  return refused(refusalHint(error));
}

/** The operation and the store. */
export interface Asked {
  /** Such as `GET showcase/db/index.sqlite3`. */
  readonly operation: string;
  /** Address of the store. */
  readonly endpoint: string;
}

/** The failure that ends an operation such as `GET showcase/db/index.sqlite3`. */
export function toFailure(
  classified: Classified,
  { operation, endpoint }: Asked,
  attempts: number,
  cause: unknown,
): Failure {
  const where = classified.unanswered ? ` at ${endpoint}` : '';
  const count = attempts === 1 ? '' : `, ${attempts} attempts`;
  return new Failure(classified.code, `${operation}: ${classified.reason}${where}${count}`, {
    hint: classified.hint,
    cause,
  });
}
