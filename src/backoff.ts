/** How long attempts are apart. Milliseconds; the bound of a pause doubles with each further one. */
export interface Backoff {
  /** Bound of the first pause. */
  readonly firstPauseMs: number;
  /** No pause is longer. */
  readonly longestPauseMs: number;
}

/**
 * The pause after the attempt of this number, from 1, in milliseconds: at random between half of its bound and the
 * whole, so that callers that failed together do not come back together. It is never near zero, since then all attempts
 * would be over before an overloaded or starting server could recover.
 */
export function backoff({ firstPauseMs, longestPauseMs }: Backoff, attempt: number): number {
  const bound = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
  return bound * (0.5 + Math.random() / 2);
}

/**
 * The pause before the next look at whether something is free by now, in milliseconds. A look at a lock takes a part of a
 * millisecond, more as root, so twenty processes that look fifty times a second keep a CPU busy on which the holder
 * could work. So the pause grows with the wait, which gets at most a few parts in a hundred longer by it; at random, so
 * that waiting processes do not march in step.
 *
 * @param waitedMs how long it has been waited for so far
 */
export function pauseBetweenLooks(waitedMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waitedMs / 10)) * (0.5 + Math.random());
}

/** Milliseconds, on the average. */
const SHORTEST_PAUSE_MS = 12;
const LONGEST_PAUSE_MS = 100;

/** Waits; ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
