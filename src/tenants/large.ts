import pLimit from 'p-limit';

/** Bytes. Larger databases are worked on one at a time: each takes up to four times its size in memory. */
const LARGE_BYTES = 64 * 2 ** 20;

/** Does something with a database of so many bytes as soon as there is room for it. */
export type BySize = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

export function largeOneByOne(): BySize {
  const limit = pLimit(1);
  return (bytes, work) => (bytes > LARGE_BYTES ? limit(work) : work());
}
