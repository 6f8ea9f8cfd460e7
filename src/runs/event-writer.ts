import { monotonicMs } from '../clock.ts';
import type { RunEvent } from '../report/events.ts';

/** Milliseconds between two commits while events come thick and fast. The first after a silence is kept at once. */
const BATCH_MS = 20;
/** Events of one run that are kept; how it ended is kept always. A fleet of 1,000 machines has some 10,000. */
const MOST_EVENTS = 100_000;

export interface WriterContext {
  /** Keeps events, all or none. */
  readonly append: (events: readonly RunEvent[]) => void;
  /** Told when there are new ones, which are kept by then. */
  readonly kept: () => void;
  /** Told why events were not kept; they are tried again. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds until then. */
  readonly retryMs: number;
}

/** Keeps the events of one run in batches. Nobody sees an event before it is kept. */
export class EventWriter {
  readonly #context: WriterContext;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | null = null;
  #last = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  add(event: RunEvent): void {
    if (this.#count >= MOST_EVENTS && event.type !== 'run-ended') return;
    this.#count += 1;
    this.#waiting.push(event);
    this.#schedule(Math.max(0, this.#last + BATCH_MS - monotonicMs()));
  }

  /**
   * Keeps what is left.
   *
   * @throws whatever `append` throws
   */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    this.#context.append(this.#waiting);
    this.#waiting = [];
    this.#last = monotonicMs();
    this.#context.kept();
  }

  /** Nothing is kept any more. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      try {
        this.flush();
      } catch (error) {
        this.#context.failed(error);
        this.#schedule(this.#context.retryMs);
      }
    }, ms);
  }
}
