import { Failure } from '../failure.ts';

/** Connections that wait for news; each costs memory and is woken at every event. */
const MOST = 200;

/** Counts who watches, by WebSocket or by long poll. */
export class Watchers {
  readonly #most: number;
  #count = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * One more.
   *
   * @returns to be called when it is over; a second time it does nothing
   * @throws {Failure} `busy`
   */
  enter(): () => void {
    if (this.#count >= this.#most) {
      throw new Failure('busy', `${this.#most} pages are watching already`, {
        hint: 'The page shows how things stand when it is reloaded. It tries again by itself.',
      });
    }
    this.#count += 1;
    let isOver = false;
    return () => {
      if (!isOver) this.#count -= 1;
      isOver = true;
    };
  }
}
