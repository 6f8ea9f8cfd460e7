import type { Backoff } from '../backoff.ts';

/** How much is sent at a time, and how long is waited for what. Milliseconds and bytes; tests have shorter times. */
export interface DeliveryLimits {
  /** From a line to the request that has it. */
  readonly flushMs: number;
  /** Between two requests, where a line is of a step or an error. */
  readonly urgentMs: number;
  readonly batchLines: number;
  readonly batchBytes: number;
  /** Lines and bytes of one run; what is above is not sent. */
  readonly runLines: number;
  readonly runBytes: number;
  /** To connect, TLS included. */
  readonly connectMs: number;
  /** For one request, all in all. */
  readonly requestMs: number;
  /** Of an answer; a longer one counts as one without content. */
  readonly answerBytes: number;
  /** Without a request, until a heartbeat. */
  readonly beatMs: number;
  readonly backoff: Backoff;
  readonly longestRetryAfterMs: number;
  /** For what is left when the run is over. */
  readonly closeMs: number;
  /** The same after a signal. */
  readonly stoppedCloseMs: number;
  /** The same without any answer. */
  readonly unheardCloseMs: number;
  /** Left of that, the end of the run goes before its lines. */
  readonly endFirstMs: number;
  /** From a line to the flush of the outbox to the disk. */
  readonly syncMs: number;
  /** What the outbox keeps, of all runs. */
  readonly keptMs: number;
  readonly keptBytes: number;
}

const MIB = 2 ** 20;

export const USUAL_DELIVERY: DeliveryLimits = {
  flushMs: 1000,
  urgentMs: 250,
  batchLines: 200,
  batchBytes: MIB / 4,
  runLines: 100_000,
  runBytes: 16 * MIB,
  connectMs: 5000,
  requestMs: 10_000,
  answerBytes: 64 * 1024,
  beatMs: 15_000,
  backoff: { firstPauseMs: 1000, longestPauseMs: 30_000 },
  longestRetryAfterMs: 60_000,
  closeMs: 10_000,
  stoppedCloseMs: 5000,
  // With what is loaded for it, a run takes 3 s longer at most.
  unheardCloseMs: 2800,
  endFirstMs: 2000,
  syncMs: 1000,
  keptMs: 7 * 86_400_000,
  keptBytes: 64 * MIB,
};
