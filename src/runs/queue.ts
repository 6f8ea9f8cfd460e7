import { isDamage } from '../database/repair.ts';
import { problemOf } from '../failure.ts';
import type { RunEvent } from '../report/events.ts';
import { overlap } from './book-rules.ts';
import { type ChildEnd, type Conclusion, concludeChild, failedWith } from './conclude.ts';
import { EventWriter } from './event-writer.ts';
import type { RunBook } from './run-book.ts';
import { type ChildContext, runConfigUpdate } from './run-config-update.ts';
import { type DeploymentContext, runDeployment } from './run-deployment.ts';
import type { Limits } from './run-limits.ts';
import { DEPLOYMENT, type Run } from './run-model.ts';

export interface QueueContext {
  readonly book: RunBook;
  readonly child: ChildContext;
  /** Null where nothing is deployed from here. */
  readonly deployment: DeploymentContext | null;
  readonly limits: Limits;
  /** Told that a run has new events. */
  readonly news: (run: string) => void;
  /** Told what went wrong with the database; it is tried again. */
  readonly failed: (error: unknown) => void;
  /** Does some work on the database until it is kept. */
  readonly keep: (work: () => void) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Begins the runs that wait: one at a time for each target, those first that were made first. */
export class Queue {
  readonly #context: QueueContext;
  readonly #under = new Map<string, { readonly run: Run; readonly ended: Promise<void> }>();
  #timer: NodeJS.Timeout | null = null;

  constructor(context: QueueContext) {
    this.#context = context;
  }

  /** Begins what can begin. Never throws. */
  advance(): void {
    const { signal, failed, limits } = this.#context;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (signal.aborted) return;
    try {
      this.#beginDue();
    } catch (error) {
      failed(error);
      this.#advanceIn(limits.diskPauseMs);
    }
  }

  /** Resolves when none is under way any more; the signal ends them. */
  async ended(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await Promise.all([...this.#under.values()].map(({ ended }) => ended));
  }

  #beginDue(): void {
    const { book } = this.#context;
    const taken = [...this.#under.values()].map(({ run }) => run.target);
    let soonest = Number.POSITIVE_INFINITY;
    for (const run of book.runs.inState('waiting')) {
      const left = this.#pauseLeft(run);
      if (left > 0) {
        soonest = Math.min(soonest, left);
        continue;
      }
      // Those that come later must not pass it, or it could wait for ever.
      if (!taken.some((target) => overlap(target, run.target))) this.#begin(run);
      taken.push(run.target);
    }
    if (Number.isFinite(soonest)) this.#advanceIn(soonest);
  }

  /** Milliseconds. A pause that is longer than any can be is due to a clock that was set back. */
  #pauseLeft({ notBefore }: Run): number {
    const left = notBefore === null ? 0 : Date.parse(notBefore) - Date.now();
    return left > this.#context.limits.longestRetryMs ? 0 : left;
  }

  #advanceIn(ms: number): void {
    this.#timer = setTimeout(() => this.advance(), ms);
  }

  #begin(run: Run): void {
    this.#context.book.begin(run.id);
    const ended = this.#whole(run).finally(() => {
      this.#under.delete(run.id);
      this.advance();
    });
    this.#under.set(run.id, { run, ended });
  }

  async #whole(run: Run): Promise<void> {
    const { book, keep } = this.#context;
    const writer = this.#writer(run.id);
    const conclusion = await this.#conclusionOf(run, (event) => writer.add(event));
    // This server is ending, and so it was ended: the next start finds it.
    if (conclusion === null) return writer.stop();
    await keep(() => {
      writer.flush();
      book.end(run.id, conclusion);
    });
    writer.stop();
  }

  /** Null for one that was ended because this server is. */
  async #conclusionOf(run: Run, onEvent: (event: RunEvent) => void): Promise<Conclusion | null> {
    const { child, deployment, limits, signal, failed } = this.#context;
    const { target, by } = run;
    const publishes = run.trigger !== 'store';
    if (target === DEPLOYMENT) {
      if (deployment === null) return failedWith(NOT_HERE);
      const limitMs = limits.deploymentMs;
      const conclusion = await runDeployment(deployment, { by, limitMs, signal, onEvent });
      return signal.aborted && conclusion.state === 'failed' ? null : conclusion;
    }
    const limitMs = limits.runMs;
    const end = await runConfigUpdate(child, { target, publishes, by, limitMs, signal, onEvent }).catch(
      (error) => {
        failed(error);
        return unknownEnd(error, limitMs);
      },
    );
    return signal.aborted && end.report === null ? null : concludeChild(end);
  }

  #writer(run: string): EventWriter {
    const { book, news, failed, limits } = this.#context;
    return new EventWriter({
      append: (events) => {
        try {
          book.events.append(run, events);
        } catch (error) {
          // What is only shown must not keep a run from its end.
          if (!isDamage(error)) throw error;
          failed(error);
        }
      },
      kept: () => news(run),
      failed,
      retryMs: limits.diskPauseMs,
    });
  }
}

/** Where not even the reason of a failure was foreseen, the run must end all the same. */
function unknownEnd(error: unknown, limitMs: number): ChildEnd {
  const outcome = { kind: 'not-started', reason: problemOf(error).message } as const;
  return { outcome, report: null, nonsense: null, lastWords: '', limitMs };
}

/** It was asked for by a server with other settings. */
const NOT_HERE = {
  code: 'config-invalid',
  message: 'nothing is deployed from here',
  hint: 'Set DEPLOY_COMMAND and APP_SOURCE, or deploy by hand.',
} as const;
