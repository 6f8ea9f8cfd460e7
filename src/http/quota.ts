/** Who has many addresses must not fill the memory. */
const MOST_KEPT = 10_000;

/** So many times within so long, for each key by itself. */
export class Quota {
  /** When each was taken, oldest first. */
  readonly #taken = new Map<string, number[]>();
  readonly #now: () => number;
  readonly #most: number;
  readonly #windowMs: number;

  /** @param now milliseconds, by any clock that does not go back */
  constructor(now: () => number, most: number, windowMs: number) {
    this.#now = now;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** @returns 0 if there was one left, which is taken; else the milliseconds until there is */
  take(key: string): number {
    const now = this.#now();
    const recent = (this.#taken.get(key) ?? []).filter((at) => at > now - this.#windowMs);
    const [oldest] = recent;
    if (recent.length >= this.#most && oldest !== undefined) return oldest + this.#windowMs - now;
    // Behind all others, so that the first one is the one that was seen longest ago.
    this.#taken.delete(key);
    this.#taken.set(key, [...recent, now]);
    const [first] = this.#taken.keys();
    if (this.#taken.size > MOST_KEPT && first !== undefined) this.#taken.delete(first);
    return 0;
  }
}
