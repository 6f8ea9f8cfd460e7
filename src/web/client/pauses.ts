import { BackOnline, Refused } from './ask-json.ts';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Pauses that grow as long as nothing succeeds. They end at once when somebody looks at the page, or is online again. */
export class Pauses {
  #next = FIRST_MS;

  /** After a try that failed so. The network that has just come back is tried at once. */
  async after(error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof BackOnline) this.#next = FIRST_MS;
    else await this.wait(error instanceof Refused ? error.retryMs : 0, signal);
  }

  /** @param leastMs what the server has asked for */
  async wait(leastMs: number, signal: AbortSignal): Promise<void> {
    // Many pages that lost one server do not come back in one moment.
    const ms = Math.max(leastMs, this.#next * (0.75 + Math.random() / 2));
    this.#next = Math.min(this.#next * 2, LONGEST_MS);
    await new Promise<void>((resolve) => {
      const over = new AbortController();
      const end = (): void => {
        over.abort();
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, ms);
      const onVisibility = (): void => {
        if (document.visibilityState === 'visible') end();
      };
      document.addEventListener('visibilitychange', onVisibility, { signal: over.signal });
      const onOnline = (): void => {
        end();
        this.#next = FIRST_MS;
      };
      window.addEventListener('online', onOnline, { signal: over.signal });
      signal.addEventListener('abort', end, { signal: over.signal });
    });
  }

  succeeded(): void {
    this.#next = FIRST_MS;
  }
}
