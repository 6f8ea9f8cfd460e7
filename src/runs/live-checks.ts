import pLimit from 'p-limit';
import { probeLive } from './probe-live.ts';
import type { RunBook } from './run-book.ts';
import type { Limits } from './run-limits.ts';
import type { Change } from './run-model.ts';

/** Requests that are made at once, for all changes together. */
const AT_ONCE = 8;

export interface LiveCheckContext {
  readonly book: RunBook;
  readonly limits: Limits;
  readonly authorization: (url: URL) => string | null;
  /** Does some work on the database until it is kept. */
  readonly keep: (work: () => void) => Promise<void>;
  /** Told what went wrong with the database. */
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Asks the addresses of changes that are `checking`. */
export class LiveChecks {
  readonly #context: LiveCheckContext;
  readonly #inTurn = pLimit(AT_ONCE);
  readonly #under = new Map<string, Promise<void>>();

  constructor(context: LiveCheckContext) {
    this.#context = context;
  }

  /** Begins the checks that are due. Never throws. */
  advance(): void {
    const { book, signal, failed } = this.#context;
    if (signal.aborted) return;
    try {
      for (const change of book.changes.inState('checking')) {
        if (this.#under.has(change.id)) continue;
        const revision = (change.run && book.runs.get(change.run)?.report?.index?.etag) || null;
        this.#under.set(change.id, this.#check(change, revision));
      }
    } catch (error) {
      failed(error); // The next news look again.
    }
  }

  /** Resolves when none is under way any more; the signal ends them. */
  async ended(): Promise<void> {
    await Promise.all(this.#under.values());
  }

  async #check({ id, live }: Change, revision: string | null): Promise<void> {
    const { book, limits, authorization, keep, signal } = this.#context;
    const result = await probeLive({
      ...limits,
      authorization,
      signal,
      url: live?.url ?? '',
      revision,
      inTurn: (request) => this.#inTurn(request),
    });
    if (result) await keep(() => book.checked(id, result));
    // Before the step is told: it may be due again, for a later run.
    this.#under.delete(id);
  }
}
