import { expect } from 'vitest';

/** Buffers have the same bytes or not: element by element, as any other list, takes longer than what most tests test. */
expect.addEqualityTesters([
  (one, other) => (Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : undefined),
]);
