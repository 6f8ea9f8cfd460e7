import type { Problem } from '../failure.ts';
import type { FleetReport } from '../report/fleet-results.ts';
import { concludeChild } from './conclude.ts';
import { type ChildContext, runConfigUpdate } from './run-config-update.ts';

/** What the machines said when they were asked last. */
export interface FleetAnswer {
  /** ISO 8601, UTC: when they had answered. */
  readonly at: string;
  /** Null where config-update said nothing; then the problem says why. */
  readonly report: FleetReport | null;
  readonly problem: Problem | null;
}

export interface FleetCheckContext {
  readonly child: ChildContext;
  /** What is asked: whether they have what is published, or what an update would do. Neither changes anything. */
  readonly operation: 'verify' | 'dry-run';
  readonly target: string;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds for all machines together. */
  readonly limitMs?: number;
}

/** Milliseconds for which an answer is new. */
const FRESH_MS = 30_000;
const LIMIT_MS = 120_000;

/** Asks all machines something that changes nothing, one time after another, and remembers the last answer. */
export class FleetCheck {
  readonly #context: FleetCheckContext;
  #last: FleetAnswer | null = null;
  #asking: Promise<void> | null = null;

  constructor(context: FleetCheckContext) {
    this.#context = context;
  }

  /** Null before the first one. */
  get last(): FleetAnswer | null {
    return this.#last;
  }

  get isAsking(): boolean {
    return this.#asking !== null;
  }

  /** Whether the last answer is not older than half a minute. */
  get isFresh(): boolean {
    // Also by a clock that was set back meanwhile.
    return this.#last !== null && Math.abs(this.#context.now() - Date.parse(this.#last.at)) < FRESH_MS;
  }

  /**
   * Asks them, unless they are being asked. Who calls it need not wait: pages show the last answer.
   *
   * @param by userid
   * @returns resolves with the answer; never rejects
   */
  ask(by: string): Promise<void> {
    this.#asking ??= this.#ask(by).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(by: string): Promise<void> {
    const { child, operation, target, signal, now, limitMs = LIMIT_MS } = this.#context;
    const command = [...child.command, `--${operation}`];
    const end = await runConfigUpdate(
      { ...child, command },
      { target, publishes: true, by, limitMs, signal, onEvent: () => {} },
    );
    const { report } = end;
    // A machine that differs is what was asked for; only what ended the run as a whole is a problem of it.
    const problem = report === null ? concludeChild(end).error : (report.error ?? null);
    this.#last = { at: new Date(now()).toISOString(), report, problem };
  }
}
