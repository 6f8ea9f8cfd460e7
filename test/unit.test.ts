import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startsNothing } from './support/starts-nothing.ts';

describe('npm run test:unit', () => {
  it.each([
    ['starts an executable', 'executable/boot.test.ts', false],
    ['starts a process of another program', 'dates/read.test.ts', false],
    ['does so through its support', 'generate/yaml.test.ts', false],
    ['reaches a store through what it tests', 'publish/publish.test.ts', false],
    ['does none of that', 'index/digest.test.ts', true],
    ['imports a type of what does', 'publish/decide.test.ts', true],
  ])('leaves out a file that can start a process or reach a server: one that %s', (_, name, isUnit) => {
    expect(startsNothing(resolve(import.meta.dirname, name))).toBe(isUnit);
  });
});
