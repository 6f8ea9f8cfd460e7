import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { configDefaults } from 'vitest/config';
import { startsNothing } from './test/support/suite/starts-nothing.ts';
import usual from './vitest.config.ts';

const tests = readdirSync(resolve(import.meta.dirname, 'test/unit'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test/unit', name));

/** Tests of drawn cases, and of every line or every bad input there is, take as long as all others together. */
const THOROUGH = [
  'test/unit/properties/**',
  'test/**/*propert*.test.ts',
  'test/unit/check/{patterns,rules,yaml-reader}.test.ts',
  'test/unit/index/bad-inputs.test.ts',
];

/** The tests of `test/unit` that start no process and reach no server: nothing that they import could. */
export default {
  ...usual,
  test: {
    ...usual.test,
    // None of them waits for a process, so more workers than CPUs would only load the same modules once more.
    maxWorkers: availableParallelism(),
    include: tests.filter((name) => startsNothing(resolve(import.meta.dirname, name))),
    exclude: [...(usual.test?.exclude ?? configDefaults.exclude), ...THOROUGH],
  },
};
