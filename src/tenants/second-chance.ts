import type { LimitFunction } from 'p-limit';
import { Failure } from '../failure.ts';

/** What is done with each of many databases. */
export interface Each<T> {
  readonly work: (item: T) => Promise<void>;
  /** Told of what `work` has thrown, once nothing more will be tried. */
  readonly failed: (item: T, error: unknown) => void;
  /** Whether it is no use to try anything again. */
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
