import { monotonicMs } from '../clock.ts';
import { type DeliveryLimits, USUAL_DELIVERY } from './delivery-limits.ts';
import type { Dashboard } from './delivery-model.ts';
import { type LeftRuns, sendLeftRuns, throwAwayOldRuns } from './left-runs.ts';
import { Sender } from './sender.ts';
import { digestOf } from './url-digest.ts';

export interface SendOutboxOptions {
  readonly outboxDir: string;
  /** For all of it. What fails is tried again until then. */
  readonly waitMs: number;
  /** Called at most once: why the dashboard takes nothing. */
  readonly note: (message: string) => void;
  /** Ends it before that. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<DeliveryLimits>;
}

/** What is left in the outbox, and what nobody gets any more. */
export interface SentOutbox extends LeftRuns {
  /** Runs that were thrown away, since they were too old or too many. */
  readonly thrownAway: number;
}

/** Sends what runs have left for a dashboard; a run that another process still has is left to that. Never rejects. */
export async function sendOutbox(dashboard: Dashboard, options: SendOutboxOptions): Promise<SentOutbox> {
  const limits = { ...USUAL_DELIVERY, ...options.limits };
  const { outboxDir: dir, waitMs, note, signal = new AbortController().signal } = options;
  const sender = new Sender(dashboard, limits, { note, isLive: false });
  const outbox = { dir, urlDigest: digestOf(dashboard.url) };
  // Connections do not keep the process alive.
  const alive = setInterval(() => {}, 1000);
  const giveUp = (): void => sender.giveUp();
  signal.addEventListener('abort', giveUp);
  let left: LeftRuns;
  try {
    left = await sendLeftRuns(outbox, sender, limits, { deadline: monotonicMs() + waitMs, signal });
    sender.explain();
  } finally {
    signal.removeEventListener('abort', giveUp);
    sender.close();
    clearInterval(alive);
  }
  return { ...left, thrownAway: throwAwayOldRuns(dir, limits) };
}
