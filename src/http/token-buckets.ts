/** Who has many addresses must not fill the memory. */
const MOST_KEPT = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** So many a second for each key by itself, and as many at once after a second of rest. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;
  readonly #perSecond: number;

  /** @param now milliseconds, by any clock that does not go back */
  constructor(now: () => number, perSecond: number) {
    this.#now = now;
    this.#perSecond = perSecond;
  }

  /** @returns 0 if there was one left, which is taken; else the milliseconds until there is */
  take(key: string): number {
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: this.#perSecond, at: now };
    const filled = Math.min(this.#perSecond, tokens + ((now - at) * this.#perSecond) / 1000);
    const isLeft = filled >= 1;
    // Behind all others, so that the first one is the one that was seen longest ago.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isLeft ? filled - 1 : filled, at: now });
    const [first] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEPT && first !== undefined) this.#buckets.delete(first);
    return isLeft ? 0 : ((1 - filled) * 1000) / this.#perSecond;
  }
}
