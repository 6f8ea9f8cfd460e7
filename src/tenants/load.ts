import type { LimitFunction } from 'p-limit';
import pLimit from 'p-limit';
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
        `the store failed ${MOST_FAILURES} times in a row, so it was not asked any more`,
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

/** Bytes. Larger databases are worked on one at a time: each takes up to four times its size in memory. */
const LARGE_BYTES = 64 * 2 ** 20;

/** Does something with a database of so many bytes as soon as there is room for it. */
export type BySize = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

export function largeOneByOne(): BySize {
  const limit = pLimit(1);
  return (bytes, work) => (bytes > LARGE_BYTES ? limit(work) : work());
}

/** What is done with each of many databases. */
export interface Each<T> {
  readonly work: (item: T) => Promise<void>;
  /** Told of what `work` has thrown, once nothing more will be tried. */
  readonly failed: (item: T, error: unknown) => void;
  /** Whether further attempts are useless. */
  readonly isOver?: () => boolean;
}

/**
 * Does something with each, as many at once as the limit allows. Those for which the store did not answer in spite of all
 * attempts are tried once more when the others are done: a store that sheds load is busy, and not down.
 */
export async function eachWithSecondChance<T>(
  items: readonly T[],
  limit: LimitFunction,
  { work, failed, isOver = () => false }: Each<T>,
): Promise<void> {
  const shed: { item: T; error: unknown }[] = [];
  await limit.map(items, async (item) => {
    try {
      await work(item);
    } catch (error) {
      if (isShed(error)) shed.push({ item, error });
      else failed(item, error);
    }
  });
  await limit.map(shed, async ({ item, error }) => {
    if (isOver()) return failed(item, error);
    try {
      await work(item);
    } catch (again) {
      // The first one says more where the store has been given up since.
      failed(item, isShed(again) ? error : again);
    }
  });
}

/** Not for a refusal, which stays one, nor for a time-out, which has taken long enough. */
function isShed(error: unknown): boolean {
  return error instanceof Failure && error.code === 'store-unreachable';
}
