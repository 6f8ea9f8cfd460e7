import { Failure } from '../failure.ts';

/** Connections that wait for news; each costs memory and is woken at every event. */
const MOST = 200;

/** A watcher's place. */
export interface Place {
  /** Aborted when another one gets the place: this watcher has to go, and may come back. */
  readonly lost: AbortSignal;
  /** To be called when it is over; a second time it does nothing. */
  readonly leave: () => void;
}

/**
 * Counts who watches, by WebSocket or by long poll. Everybody has a share: where there is no room left, a newcomer gets
 * the oldest place of whoever has most, so nobody keeps all others from watching.
 */
export class Watchers {
  readonly #most: number;
  /** By who has them, oldest first. */
  readonly #places = new Map<string, AbortController[]>();
  #count = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether there is a place for them; it is not taken. @throws {Failure} `busy` */
  requirePlace(who: string): void {
    this.#giverFor(who);
  }

  /**
   * One more.
   *
   * @param who all of whose places count together, such as a userid
   * @throws {Failure} `busy`
   */
  enter(who: string): Place {
    const [oldest] = this.#giverFor(who) ?? [];
    oldest?.abort();
    const place = new AbortController();
    const leave = (): void => this.#remove(who, place);
    this.#places.set(who, [...(this.#places.get(who) ?? []), place]);
    this.#count += 1;
    place.signal.addEventListener('abort', leave, { once: true });
    return { lost: place.signal, leave };
  }

  /** The places of whoever has to give one up; null where there is room. */
  #giverFor(who: string): readonly AbortController[] | null {
    if (this.#count < this.#most) return null;
    const own = this.#places.get(who)?.length ?? 0;
    const [largest] = [...this.#places.values()].sort((a, b) => b.length - a.length);
    if (largest && largest.length > own + 1) return largest;
    throw new Failure('busy', `${this.#most} pages are watching already`, {
      hint: 'The page shows how things stand when it is reloaded. It tries again by itself.',
    });
  }

  #remove(who: string, place: AbortController): void {
    const all = this.#places.get(who) ?? [];
    const left = all.filter((one) => one !== place);
    if (left.length === all.length) return;
    this.#count -= 1;
    if (left.length === 0) this.#places.delete(who);
    else this.#places.set(who, left);
  }
}
