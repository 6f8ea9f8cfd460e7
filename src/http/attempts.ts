/** Failures that cost nothing: people mistype. */
const FREE = 5;
/** Milliseconds. The first pause; each failure more doubles it. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** Milliseconds after the last failure until all are forgotten. */
const MEMORY_MS = 15 * 60_000;
/** Who can invent names or has many addresses must not fill the memory. */
const MOST_KEPT = 10_000;

interface Failures {
  count: number;
  lastAt: number;
}

/** Counts failures by what they have in common, such as an address, and says how long the next attempt has to wait. */
export class Attempts {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => number;
  readonly #free: number;

  /** @param now milliseconds, by any clock that does not go back */
  constructor(now: () => number, free = FREE) {
    this.#now = now;
    this.#free = free;
  }

  /** Milliseconds until another attempt is looked at; 0 for at once. */
  pauseOf(key: string): number {
    const known = this.#known(key);
    if (!known || known.count < this.#free) return 0;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (known.count - this.#free), LONGEST_PAUSE_MS);
    return Math.max(0, known.lastAt + pause - this.#now());
  }

  failed(key: string): void {
    const count = (this.#known(key)?.count ?? 0) + 1;
    // Behind all others, so that the first one is always the one that failed longest ago.
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: this.#now() });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MOST_KEPT && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** All failures of it are forgotten. @returns how many they were */
  succeeded(key: string): number {
    const count = this.#known(key)?.count ?? 0;
    this.#failures.delete(key);
    return count;
  }

  /** So many failures count no more. */
  forgive(key: string, count: number): void {
    const known = this.#known(key);
    if (known && known.count > count) known.count -= count;
    else this.#failures.delete(key);
  }

  #known(key: string): Failures | undefined {
    const known = this.#failures.get(key);
    if (!known || this.#now() - known.lastAt < MEMORY_MS) return known;
    this.#failures.delete(key);
    return undefined;
  }
}
