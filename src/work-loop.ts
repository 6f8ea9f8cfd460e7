import { pause } from './backoff.ts';

export interface WorkLoopContext {
  /** Does one thing that is due. @returns milliseconds until there is more; 0 for at once */
  readonly turn: () => Promise<number>;
  /** Told what a turn threw; nothing is lost meanwhile, and it is tried again. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds until then. */
  readonly failPauseMs: number;
}

/** Works off what is kept somewhere, one thing after another, until it is ended. */
export class WorkLoop {
  readonly #context: WorkLoopContext;
  readonly #ending = new AbortController();
  #wake = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(context: WorkLoopContext) {
    this.#context = context;
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  start(): void {
    this.#work = this.#go();
  }

  /** There may be something to do. */
  wake(): void {
    this.#wake.abort();
  }

  /** Nothing new begins. Resolves when what is under way has ended. */
  async end(): Promise<void> {
    this.#ending.abort();
    this.wake();
    await this.#work;
  }

  async #go(): Promise<void> {
    while (!this.isEnding) {
      // Before the turn: what comes while it looks is looked at by the next one.
      this.#wake = new AbortController();
      try {
        const ms = await this.#context.turn();
        if (ms > 0 && !this.isEnding) await pause(ms, this.#wake.signal);
      } catch (error) {
        this.#context.failed(error);
        await pause(this.#context.failPauseMs, this.#ending.signal);
      }
    }
  }
}
