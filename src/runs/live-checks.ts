import pLimit from 'p-limit';
import { probeLive } from './probe-live.ts';
import type { RunBook } from './run-book.ts';
import type { Limits } from './run-limits.ts';
import type { Change } from './run-model.ts';

/** Requests that are made at once, for all changes together. */
const AT_ONCE = 8;

export interface CheckParts {
  readonly book: RunBook;
  readonly limits: Limits;
  readonly authorization: (url: URL) => string | null;
  /** Does some work on the database until it is kept. */
  readonly keep: (work: () => void) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Asks the addresses of changes that are `checking`. */
export class LiveChecks {
  readonly #parts: CheckParts;
  readonly #inTurn = pLimit(AT_ONCE);
  readonly #under = new Map<string, Promise<void>>();

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  /** Begins the checks that are due. */
  look(): void {
    const { book, signal } = this.#parts;
    if (signal.aborted) return;
    for (const change of book.changes.inState('checking')) {
      if (!this.#under.has(change.id)) this.#under.set(change.id, this.#check(change));
    }
  }

  /** Resolves when none is under way any more; the signal ends them. */
  async ended(): Promise<void> {
    await Promise.all(this.#under.values());
  }

  async #check({ id, run, live }: Change): Promise<void> {
    const { book, limits, authorization, keep, signal } = this.#parts;
    const result = await probeLive({
      ...limits,
      authorization,
      signal,
      url: live?.url ?? '',
      revision: (run && book.runs.get(run)?.report?.index?.etag) || null,
      inTurn: (request) => this.#inTurn(request),
    });
    if (result) await keep(() => book.checked(id, result));
    this.#under.delete(id);
    // It may be due again, for a later run.
    this.look();
  }
}
