/**
 * Does one piece of work at a time, fairly: whoever has had a turn comes after all others who wait. So many pieces of one
 * keep another waiting for no more than one of them, and the one under way.
 */
export class Turns {
  /** What waits, by whose it is; the next turn is that of the first. */
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  #count = 0;
  #isAtWork = false;

  /** How many pieces wait, or are under way. */
  get size(): number {
    return this.#count;
  }

  /** How many of them wait for this one. */
  sizeOf(whose: string): number {
    return this.#waiting.get(whose)?.length ?? 0;
  }

  /** Resolves, or rejects, as the work does. */
  take<T>(whose: string, work: () => Promise<T>): Promise<T> {
    this.#count += 1;
    return new Promise<T>((resolve, reject) => {
      const turn = (): Promise<void> => work().then(resolve, reject);
      this.#waiting.set(whose, [...(this.#waiting.get(whose) ?? []), turn]);
      if (!this.#isAtWork) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    for (let turn = this.#next(); turn !== null; turn = this.#next()) {
      await turn();
      this.#count -= 1;
    }
    this.#isAtWork = false;
  }

  #next(): (() => Promise<void>) | null {
    const [first] = this.#waiting;
    if (!first) return null;
    const [whose, [turn, ...rest]] = first;
    this.#waiting.delete(whose);
    if (rest.length > 0) this.#waiting.set(whose, rest);
    return turn ?? null;
  }
}
