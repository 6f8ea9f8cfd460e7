import { monotonicMs } from '../clock.ts';
import { Failure } from '../failure.ts';

/** When an operation must be over; by the monotonic clock, so that a clock that is set meanwhile does not matter. */
export class Deadline {
  /** Milliseconds that the whole operation has; null for all the time it takes. */
  readonly limitMs: number | null;
  readonly #ends: number;

  constructor(limitMs: number | null) {
    this.limitMs = limitMs;
    this.#ends = limitMs === null ? Number.POSITIVE_INFINITY : monotonicMs() + limitMs;
  }

  /** Milliseconds that are left; 0 when the time is up. */
  left(): number {
    return Math.max(0, this.#ends - monotonicMs());
  }

  /** The milliseconds that are left, but at most `ms`, and at least one: 0 would mean no time-out at all. */
  within(ms: number): number {
    return Math.max(1, Math.min(ms, Math.floor(this.left())));
  }

  /** One that ends earlier, so that there is time for what comes after. */
  before(reserveMs: number): Deadline {
    return new Deadline(this.limitMs === null ? null : Math.max(0, this.left() - reserveMs));
  }

  /** Waits for `work` until the time is up; null then. The work itself goes on, and its end is ignored. */
  async race<T>(work: Promise<T>): Promise<T | null> {
    if (this.limitMs === null) return await work;
    let timer: NodeJS.Timeout | undefined;
    const up = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, this.left(), null);
    });
    work.catch(() => {});
    try {
      return await Promise.race([work, up]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * @param what was not done, such as `3 databases are not uploaded: a, b, c`
 * @param setting name of the one that gives the time
 */
export function outOfTime(what: string, limitMs: number | null, setting = 'the limit'): Failure {
  return new Failure('out-of-time', `the limit of ${(limitMs ?? 0) / 1000} s was reached; ${what}`, {
    hint: `The next run does the rest. If there is more time than that, raise ${setting} (seconds).`,
  });
}
