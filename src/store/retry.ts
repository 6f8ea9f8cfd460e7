import { backoff, pause } from '../backoff.ts';
import { Failure } from '../failure.ts';
import { type Asked, classify, toFailure } from './errors.ts';
import type { StoreSettings } from './object-store.ts';

const MAX_ATTEMPTS = 4;
const PAUSES = { firstPauseMs: 200, longestPauseMs: 5000 };

export const SLOW_HINT = 'Try again. If the store is just slow, raise UPDATE_CONFIG_STORE_TIMEOUT (seconds).';

export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** Aborted when the time for the whole operation is up. */
  readonly signal: AbortSignal;
}

/**
 * Runs a whole operation, and repeats it after a transient error: at most four times, within `timeoutMs` altogether,
 * with growing random pauses, since all machines of the fleet update at the same time.
 *
 * @param operation such as `GET showcase/db/index.sqlite3`, for messages.
 * @throws {Failure} `store-unreachable`, `store-refused`, `store-corrupt`, `store-timeout`.
 */
export async function withRetries<T>(
  operation: string,
  { timeoutMs, endpoint }: Pick<StoreSettings, 'timeoutMs' | 'endpoint'>,
  run: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const asked = { operation, endpoint };
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  let last: unknown;
  try {
    for (let number = 1; ; number++) {
      try {
        return await run({ number, signal });
      } catch (error) {
        if (signal.aborted) throw timeout(asked, timeoutMs, number, last ?? error);
        const classified = classify(error);
        if (!classified) throw error;
        if (!classified.retry || number === MAX_ATTEMPTS) throw toFailure(classified, asked, number, error);
        last = error;
      }
      await pause(backoff(PAUSES, number), signal);
      if (signal.aborted) throw timeout(asked, timeoutMs, number, last);
    }
  } finally {
    clearTimeout(timer);
  }
}

function timeout(
  { operation, endpoint }: Asked,
  timeoutMs: number,
  attempts: number,
  cause: unknown,
): Failure {
  const before = classify(cause)?.reason;
  const why = before && attempts > 1 ? `; before that: ${before}` : '';
  return new Failure(
    'store-timeout',
    `${operation}: no answer from ${endpoint} within ${timeoutMs / 1000} s${why}`,
    {
      hint: SLOW_HINT,
      cause,
    },
  );
}
