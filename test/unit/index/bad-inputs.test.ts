import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { generate } from '../../../src/generate/generate.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { BAD_INPUTS } from '../../support/indexes/bad-inputs.ts';
import { HASH } from '../../support/indexes/indexes.ts';
import { expectHarmless } from '../../support/machine/harmless.ts';
import { contentOf } from '../../support/machine/planned.ts';
import { siteOf } from '../../support/machine/site.ts';

function failureOf(run: () => unknown): Failure | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const matches = (warnings: readonly (readonly [string, number | null, RegExp])[]) =>
  warnings.map(([table, id, reason]) =>
    expect.objectContaining({ table, id, reason: expect.stringMatching(reason) }),
  );

describe('an index that is not valid', () => {
  const cases = BAD_INPUTS.filter((input) => input.expected === 'invalid');
  it.each(cases)('$name: is refused', ({ make, because }) => {
    const image = make();
    const before = Buffer.from(image);
    const failure = failureOf(() => readValidIndex(image));
    expect(failure).toMatchObject({ code: 'index-invalid', message: expect.stringMatching(because ?? /./) });
    expect(failure?.hint).not.toBe('');
    expect(failure?.message).not.toMatch(/\$2y\$|\$apr1\$|[^ -~]/);
    expect(image.equals(before)).toBe(true);
  });
});

describe('an index with rows that are not usable', () => {
  const cases = BAD_INPUTS.filter((input) => input.expected === 'valid');
  it.each(cases)(
    '$name: is read with exactly the warnings due, and no such row reaches a file',
    ({ make, warnings }) => {
      const { index, warnings: got } = readValidIndex(make());
      expect(got).toHaveLength(warnings.length);
      expect(got).toEqual(expect.arrayContaining(matches(warnings)));
      expect(index.users[0]).toMatchObject({ userid: 'ada', sites: ['index'] });
      for (const { row, reason } of got) {
        expect(`${row}: ${reason}`).not.toMatch(/\$2y\$|\$apr1\$|secret|\p{Cc}|\p{Cf}/u);
      }
      const files = generate(index, siteOf('fly-iad'));
      expectHarmless(contentOf(files, 'navigator'));
      expect(contentOf(files, 'htpasswd')).toBe(`ada:${HASH}`);
    },
  );
});

it('the table of bad inputs is long, and has each name once', () => {
  expect(BAD_INPUTS.length).toBeGreaterThan(200);
  expect(new Set(BAD_INPUTS.map((input) => input.name)).size).toBe(BAD_INPUTS.length);
});
