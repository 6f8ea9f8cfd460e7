import { setTimeout as wait } from 'node:timers/promises';
import { pause } from '../backoff.ts';
import { problemOf } from '../failure.ts';
import type { DueDelivery } from '../runs/hooks/webhook-model.ts';
import type { WebhookOutbox } from '../runs/hooks/webhook-outbox.ts';
import { WorkLoop } from '../work-loop.ts';
import type { Endpoint } from './endpoints.ts';
import { sendWebhook } from './send-webhook.ts';
import { pauseAfter, WEBHOOK_LIMITS, type WebhookLimits } from './webhook-limits.ts';

export interface WebhookParts {
  readonly outbox: WebhookOutbox;
  readonly endpoints: readonly Endpoint[];
  /** Told, for the log, what went wrong. */
  readonly report: (problem: string) => void;
  readonly limits?: Partial<WebhookLimits>;
}

/** Sends what is in the outbox: each endpoint by itself, so that none waits for another. */
export interface Webhooks {
  readonly endpoints: readonly Endpoint[];
  /** There may be something to send. Never throws. */
  wake(): void;
  start(): void;
  /** Nothing new is sent. Call it before the outbox is closed. */
  close(): Promise<void>;
}

/** Milliseconds between two looks at the clock, which may be set. */
const LOOK_MS = 60_000;

export function createWebhooks({ outbox, endpoints, report, limits: given }: WebhookParts): Webhooks {
  const limits = { ...WEBHOOK_LIMITS, ...given };
  /** What is under way is broken off. */
  const stop = new AbortController();
  const loops = endpoints.map((endpoint) => {
    const sender = new EndpointSender({ outbox, endpoint, report, limits, signal: stop.signal });
    return new WorkLoop({
      turn: () => sender.turn(),
      failed: (error) => report(problemOf(error).message),
      failPauseMs: limits.diskPauseMs,
    });
  });
  return {
    endpoints,
    wake: () => {
      for (const loop of loops) loop.wake();
    },
    start: () => {
      for (const loop of loops) loop.start();
    },
    close: async () => {
      const ended = Promise.all(loops.map((loop) => loop.end()));
      await Promise.race([ended, wait(limits.endMs, undefined, { ref: false })]);
      stop.abort();
      await ended;
    },
  };
}

interface SenderContext extends Required<Pick<WebhookParts, 'outbox' | 'report'>> {
  readonly endpoint: Endpoint;
  readonly limits: WebhookLimits;
  readonly signal: AbortSignal;
}

class EndpointSender {
  readonly #context: SenderContext;

  constructor(context: SenderContext) {
    this.#context = context;
  }

  /** @returns milliseconds until there is more to do */
  async turn(): Promise<number> {
    const { outbox, endpoint } = this.#context;
    const next = outbox.next(endpoint.id);
    if (next && next.dueAt <= Date.now()) {
      await this.#send(next);
      return 0;
    }
    const dueAt = next?.dueAt ?? outbox.nextDueAt(endpoint.id);
    return dueAt === null ? LOOK_MS : Math.min(LOOK_MS, Math.max(1, dueAt - Date.now()));
  }

  async #send(delivery: DueDelivery): Promise<void> {
    const { outbox, endpoint, report, limits, signal } = this.#context;
    const { id, message, type, body } = delivery;
    outbox.began(id);
    const began = performance.now();
    const withinMs = limits.attemptMs;
    const answered = await sendWebhook(endpoint, { id: message, type, body }, { withinMs, signal });
    // As after a kill: whether it has arrived, nobody knows, and the next server sends it again.
    if (signal.aborted && answered.status === null) return;
    const { status, problem, retryAfterMs } = answered;
    const attempt = { status, problem, ms: Math.round(performance.now() - began) };
    if (problem !== null) report(`${endpoint.shown} did not take ${type} (${message}): ${problem}`);
    await this.#keep(() => {
      if (problem === null) outbox.delivered(id, endpoint.id, attempt);
      else if (status === 410) outbox.gone(id, endpoint.id, attempt);
      else outbox.failed(id, this.#dueAfter(delivery, retryAfterMs), attempt);
    });
  }

  #dueAfter({ type, attempts, messageAt, byHand }: DueDelivery, askedMs: number): number | null {
    // Somebody looks at what becomes of it.
    if (type === 'webhook.test') return null;
    const now = Date.now();
    const ageMs = byHand ? 0 : now - messageAt;
    const ms = pauseAfter(this.#context.limits, attempts + 1, ageMs, askedMs);
    return ms === null ? null : now + ms;
  }

  /** Until it is kept: what was taken, and is not known to be, would be sent again. */
  async #keep(work: () => void): Promise<void> {
    const { report, limits, signal } = this.#context;
    for (;;) {
      try {
        return work();
      } catch (error) {
        report(problemOf(error).message);
        if (signal.aborted) return;
        await pause(limits.diskPauseMs, signal);
      }
    }
  }
}
