import type { FailureCode } from '../failure.ts';

export interface Status {
  readonly status: number;
  readonly reason: string;
  /** Headers that belong to the status, such as `Allow` to a 405. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Seconds after which another try makes sense when another update holds the lock: an update takes a few. */
const RETRY_AFTER_SECONDS = 10;

export const OK: Status = { status: 200, reason: 'OK', headers: {} };

const BAD_REQUEST = status(400, 'Bad Request');
const UNAUTHORIZED = status(401, 'Unauthorized', {
  'WWW-Authenticate': 'Basic realm="Showcase", charset="UTF-8", Bearer realm="Showcase"',
});
const FORBIDDEN = status(403, 'Forbidden');
const NOT_FOUND = status(404, 'Not Found');
const METHOD_NOT_ALLOWED = status(405, 'Method Not Allowed', { Allow: 'POST' });
const REQUEST_TIMEOUT = status(408, 'Request Timeout');
const CONFLICT = status(409, 'Conflict');
const CONTENT_TOO_LARGE = status(413, 'Content Too Large');
const UNSUPPORTED_MEDIA_TYPE = status(415, 'Unsupported Media Type');
const UNPROCESSABLE = status(422, 'Unprocessable Content');
const TOO_MANY_REQUESTS = status(429, 'Too Many Requests');
const INTERNAL = status(500, 'Internal Server Error');
const BAD_GATEWAY = status(502, 'Bad Gateway');
const UNAVAILABLE = status(503, 'Service Unavailable', { 'Retry-After': String(RETRY_AFTER_SECONDS) });
const GATEWAY_TIMEOUT = status(504, 'Gateway Timeout');

/** The one place that maps what went wrong to an HTTP status. */
const STATUS: Readonly<Record<FailureCode, Status>> = {
  usage: BAD_REQUEST,
  unauthorized: UNAUTHORIZED,
  forbidden: FORBIDDEN,
  'not-found': NOT_FOUND,
  'too-many-requests': TOO_MANY_REQUESTS,
  'method-not-allowed': METHOD_NOT_ALLOWED,
  'body-not-accepted': UNSUPPORTED_MEDIA_TYPE,
  'body-too-large': CONTENT_TOO_LARGE,
  'body-incomplete': REQUEST_TIMEOUT,
  'index-invalid': UNPROCESSABLE,
  'index-too-large': UNPROCESSABLE,
  'index-older': UNPROCESSABLE,
  'store-unreachable': BAD_GATEWAY,
  'store-refused': BAD_GATEWAY,
  'store-no-index': BAD_GATEWAY,
  'store-corrupt': BAD_GATEWAY,
  'lock-timeout': UNAVAILABLE,
  busy: UNAVAILABLE,
  'store-timeout': GATEWAY_TIMEOUT,
  'config-invalid': INTERNAL,
  'db-dir-missing': INTERNAL,
  'index-missing': INTERNAL,
  'check-failed': INTERNAL,
  'no-generation': INTERNAL,
  'nothing-to-undo': INTERNAL,
  'pending-changes': CONFLICT,
  disk: INTERNAL,
  // Of the other operations, which CGI does not offer yet.
  'tenant-invalid': UNPROCESSABLE,
  'changed-elsewhere': CONFLICT,
  'out-of-time': GATEWAY_TIMEOUT,
  'command-failed': INTERNAL,
  'fleet-unreachable': BAD_GATEWAY,
  'machine-failed': BAD_GATEWAY,
  cancelled: UNAVAILABLE,
  internal: INTERNAL,
};

/** Status of an answer: of a failure's code, or of success (null). */
export function statusOf(code: FailureCode | null): Status {
  return code === null ? OK : STATUS[code];
}

function status(code: number, reason: string, headers: Record<string, string> = {}): Status {
  return { status: code, reason, headers };
}
