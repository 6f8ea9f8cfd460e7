/** Who waits for news of a run or a change. Memory only wakes them: what there is to know is in the database. */
export class Watchers {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Wakes who waits for one of these. */
  wake(ids: Iterable<string>): void {
    for (const id of ids) for (const end of [...(this.#waiting.get(id) ?? [])]) end();
  }

  wakeAll(): void {
    this.wake([...this.#waiting.keys()]);
  }

  /** Resolves at the next news of one of these ids, when the time is up, or when the signal is aborted. */
  wait(ids: readonly string[], ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        for (const id of ids) this.#leave(id, end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      for (const id of ids) this.#join(id, end);
      if (signal.aborted) end();
    });
  }

  #join(id: string, end: () => void): void {
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(end));
  }

  #leave(id: string, end: () => void): void {
    const waiting = this.#waiting.get(id);
    waiting?.delete(end);
    if (waiting?.size === 0) this.#waiting.delete(id);
  }
}
