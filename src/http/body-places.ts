import { Failure } from '../failure.ts';
import { TooManyRequests } from './http-failures.ts';

/** How many bodies may be on their way at once, and how many bytes these may have together. */
export interface Room {
  readonly count: number;
  readonly bytes: number;
}

export interface BodyLimits {
  readonly all: Room;
  /** Of one sender, such as all who come through one proxy. */
  readonly each: Room;
}

const MIB = 1024 * 1024;
/** A sender of ours has one body on its way, of 256 KiB at most, for some milliseconds. */
const USUAL: BodyLimits = { all: { count: 64, bytes: 16 * MIB }, each: { count: 16, bytes: 4 * MIB } };
/** Milliseconds after which a body gives its place to another one of the same sender. */
const SLOW_MS = 1000;

/** A body's place. */
export interface BodyPlace {
  /** That it will have. */
  readonly bytes: number;
  /** Aborted when another one gets the place: what has come is to be let go. */
  readonly lost: AbortSignal;
  /** To be called when the body is there, or will not be; a second time it does nothing. */
  readonly leave: () => void;
}

interface Taken extends BodyPlace {
  readonly whose: string;
  readonly at: number;
  readonly controller: AbortController;
}

/**
 * Places for bodies that are read before anybody knows who sends them: memory that anybody could take. Everybody has a
 * share. Where there is no room left, a newcomer gets the oldest place of whoever has most: a good body is there within
 * milliseconds, so neither many slow ones of one sender nor those of many keep it out.
 */
export class BodyPlaces {
  readonly #now: () => number;
  readonly #limits: BodyLimits;
  /** Oldest first. */
  readonly #taken = new Set<Taken>();

  /** @param now milliseconds, by any clock that does not go back */
  constructor(now: () => number, limits = USUAL) {
    this.#now = now;
    this.#limits = limits;
  }

  /** All that is taken. */
  get taken(): Room {
    return roomOf([...this.#taken]);
  }

  /**
   * Takes a place. Others may lose theirs.
   *
   * @param whose all of whose places count together
   * @param bytes of the body, which it says before; no more than one may have in all
   * @throws {TooManyRequests} it has too many on their way, of which none is slow
   */
  enter(whose: string, bytes: number): BodyPlace {
    const { all, each } = this.#limits;
    const givers: Taken[] = [];
    const taken = () => [...this.#taken].filter((one) => !givers.includes(one));
    const own = () => taken().filter((one) => one.whose === whose);
    while (!fits(own(), bytes, each)) {
      const oldest = own()[0];
      if (!oldest || this.#now() - oldest.at < SLOW_MS)
        throw new TooManyRequests('too many bodies of this address are on their way', SLOW_MS);
      givers.push(oldest);
    }
    while (!fits(taken(), bytes, all)) givers.push(oldestOfMost(taken()));
    for (const giver of givers) {
      giver.leave();
      giver.controller.abort(busy());
    }
    return this.#take(whose, bytes);
  }

  #take(whose: string, bytes: number): BodyPlace {
    const controller = new AbortController();
    const place: Taken = {
      ...{ whose, bytes, at: this.#now(), controller, lost: controller.signal },
      leave: () => this.#taken.delete(place),
    };
    this.#taken.add(place);
    return place;
  }
}

/** Of whoever has most; of several, the oldest of all. */
function oldestOfMost(taken: readonly Taken[]): Taken {
  const counts = new Map<string, number>();
  for (const { whose } of taken) counts.set(whose, (counts.get(whose) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const found = taken.find(({ whose }) => counts.get(whose) === most);
  if (!found) throw busy();
  return found;
}

function fits(taken: readonly Taken[], more: number, most: Room): boolean {
  const { count, bytes } = roomOf(taken);
  return count < most.count && bytes + more <= most.bytes;
}

function roomOf(taken: readonly BodyPlace[]): Room {
  return { count: taken.length, bytes: taken.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function busy(): Failure {
  return new Failure('busy', 'too many bodies are on their way', { hint: 'Try again in a moment.' });
}
