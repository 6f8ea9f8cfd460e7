/** Who has many addresses must not fill the memory. */
const MOST_KEPT = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** So many a second for each key by itself, and as many at once, after a rest, as in a second, or another number. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;
  readonly #perSecond: number;
  readonly #most: number;

  /** @param now milliseconds, by any clock that does not go back */
  constructor(now: () => number, perSecond: number, most = perSecond) {
    this.#now = now;
    this.#perSecond = perSecond;
    this.#most = most;
  }

  /** @returns 0 if there were so many left, which are taken; else the milliseconds until there are */
  take(key: string, count = 1): number {
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: this.#most, at: now };
    const filled = Math.min(this.#most, tokens + ((now - at) * this.#perSecond) / 1000);
    const isLeft = filled >= count;
    // Behind all others, so that the first one is the one that was seen longest ago.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isLeft ? filled - count : filled, at: now });
    const [first] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEPT && first !== undefined) this.#buckets.delete(first);
    return isLeft ? 0 : ((count - filled) * 1000) / this.#perSecond;
  }
}
