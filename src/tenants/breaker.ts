import { Failure } from '../failure.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Requests in a row that a store may fail before it is given up. Each has been retried by then, up to its time-out. */
export const MOST_FAILURES = 4;

/** Whether an error says that the store cannot be used at all, and not that one of its objects is amiss. */
export function isStoreDown(error: unknown): boolean {
  return error instanceof Failure && /^store-(unreachable|timeout|refused)$/.test(error.code);
}

/**
 * A store that is given up once it has not answered several requests in a row: 400 databases, each of which waits for
 * its time-out, would take hours.
 */
export function withBreaker(store: ObjectStore): ObjectStore {
  let failed = 0;
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failed >= MOST_FAILURES) {
      throw new Failure(
        'store-unreachable',
        `the store was given up after ${MOST_FAILURES} failures in a row`,
        {
          hint: 'Try again when the store answers; the first failures say what is wrong with it.',
        },
      );
    }
    try {
      const result = await work();
      failed = 0;
      return result;
    } catch (error) {
      failed = isStoreDown(error) ? failed + 1 : 0;
      throw error;
    }
  };
  return {
    get: (key, options) => guard(() => store.get(key, options)),
    head: (key) => guard(() => store.head(key)),
    put: (key, bytes, options) => store.put(key, bytes, options),
    list: (prefix) => store.list(prefix),
  };
}
