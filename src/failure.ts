/**
 * Everything that can go wrong in a way that its reader can act on. One place (`http/status.ts`) maps a code to an
 * HTTP status, and each way in (`app/`) to an exit code.
 */
export const FAILURE_CODES = [
  'method-not-allowed',
  'body-not-accepted',
  'body-too-large',
  'body-incomplete',
  'unauthorized',
  'forbidden',
  'not-found',
  'too-many-requests',
  'usage',
  'config-invalid',
  'db-dir-missing',
  'index-missing',
  'index-invalid',
  'index-too-large',
  'index-older',
  'store-unreachable',
  'store-refused',
  'store-no-index',
  'store-corrupt',
  'store-timeout',
  'lock-timeout',
  'busy',
  'check-failed',
  'no-generation',
  'nothing-to-undo',
  'pending-changes',
  'disk',
  'tenant-invalid',
  'changed-elsewhere',
  'out-of-time',
  'command-failed',
  'fleet-unreachable',
  'machine-failed',
  'cancelled',
  'internal',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** An expected failure: what was attempted on what object, and what the reader can do about it. Never a secret. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** What to do next, one sentence. */
  readonly hint: string;

  constructor(code: FailureCode, message: string, options: { hint: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = options.hint;
  }
}

/** What went wrong, and what the reader can do: a failure as a plain value, for results, events and JSON. */
export interface Problem {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
}

/** Anything thrown, as a `Problem`; what was not foreseen is `internal`. */
export function problemOf(error: unknown): Problem {
  const { code, message, hint } = asFailure(error);
  return { code, message, hint };
}

/** Anything thrown, as a `Failure`; what was not foreseen is `internal`. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal', `unexpected: ${message}`, {
    hint: 'Report it, with its stack: from the log in RAILS_LOG_VOLUME, or from standard error.',
    cause: error,
  });
}
