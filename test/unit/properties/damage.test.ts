import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { checkFiles } from '../../../src/check/rules.ts';
import { Failure } from '../../../src/failure.ts';
import { generate } from '../../../src/generate/generate.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { siteOf } from '../../support/machine/site.ts';

const IMAGE = makeSampleIndex({ studios: 12, events: 30 });
const SITE = siteOf('fly-iad');

/** Bytes that are other ones; half of the time near the beginning, where the header and the schema stand. */
const damage = fc.constantFrom(400, IMAGE.length).chain((end) =>
  fc.array(fc.record({ at: fc.nat({ max: end - 1 }), byte: fc.nat({ max: 255 }) }), {
    minLength: 1,
    maxLength: 60,
  }),
);

test('an index with damaged bytes is refused, or gives files that keep every rule', async () => {
  const outcomes = { refused: 0, read: 0 };
  await fc.assert(
    fc.asyncProperty(damage, async (places) => {
      const image = Buffer.from(IMAGE);
      for (const { at, byte } of places) image[at] = byte;
      try {
        const { index } = readValidIndex(image);
        expect(await checkFiles(generate(index, SITE), { index, site: SITE })).toEqual([]);
        outcomes.read += 1;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        expect(error.code).toBe('index-invalid');
        outcomes.refused += 1;
      }
    }),
    { numRuns: 400 },
  );
  expect(Math.min(outcomes.refused, outcomes.read)).toBeGreaterThan(20);
});

test('an index that is cut short anywhere is refused', () => {
  fc.assert(
    fc.property(fc.nat({ max: IMAGE.length - 1 }), (length) => {
      expect(() => readValidIndex(IMAGE.subarray(0, length))).toThrow(Failure);
    }),
    { numRuns: 200 },
  );
});
