import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configDefaults } from 'vitest/config';
import { startsNothing } from './test/support/starts-nothing.ts';
import usual from './vitest.config.ts';

const tests = readdirSync(resolve(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name));

/** The tests of drawn cases take as long as all others together. */
const DRAWN = ['test/properties/**', 'test/**/*propert*.test.ts'];

/** The tests that start no process and reach no server: nothing that they import could. */
export default {
  ...usual,
  test: {
    ...usual.test,
    include: tests.filter((name) => startsNothing(resolve(import.meta.dirname, name))),
    exclude: [...(usual.test?.exclude ?? configDefaults.exclude), ...DRAWN],
  },
};
