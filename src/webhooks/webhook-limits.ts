/** Milliseconds, all of them; tests have shorter ones. */
export interface WebhookLimits {
  /** Pauses after the first attempt, the second and so on; there is one attempt more than there are pauses. */
  readonly pausesMs: readonly number[];
  /** A message that is older is given up at its next failure. */
  readonly longestMs: number;
  /** For one attempt, from the look-up of the name to the status of the answer. */
  readonly attemptMs: number;
  /** How long attempts under way may go on when this server ends. */
  readonly endMs: number;
  /** After a problem with the disk. */
  readonly diskPauseMs: number;
}

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];

/** All pauses together are 71 hours and 36 minutes. */
export const WEBHOOK_LIMITS: WebhookLimits = {
  pausesMs: [
    5 * SECOND,
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    18 * HOUR,
    22 * HOUR,
  ],
  longestMs: 72 * HOUR,
  attemptMs: 15 * SECOND,
  endMs: 2 * SECOND,
  diskPauseMs: 5 * SECOND,
};

/** No `Retry-After` makes a pause longer than this. */
const LONGEST_ASKED_MS = 24 * HOUR;

/**
 * When a message is tried again.
 *
 * @param attempts that were made
 * @param ageMs of the message
 * @param askedMs pause that the endpoint has asked for; 0 for none
 * @returns milliseconds until then, a tenth less at most so that messages which failed together do not come back together; null for
 *   never
 */
export function pauseAfter(
  { pausesMs, longestMs }: Pick<WebhookLimits, 'pausesMs' | 'longestMs'>,
  attempts: number,
  ageMs: number,
  askedMs: number,
): number | null {
  const usual = pausesMs[attempts - 1];
  if (usual === undefined || ageMs >= longestMs) return null;
  return Math.max(Math.round(usual * (1 - Math.random() / 10)), Math.min(askedMs, LONGEST_ASKED_MS));
}
