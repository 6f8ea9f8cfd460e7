import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/app/options/all-commands.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { startsNothing } from '../../support/suite/starts-nothing.ts';

/** What is below a folder of tests, by folders. */
const filesOf = (path: string): string[][] =>
  readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split('/'));
const foldersOf = (path: string): Set<string> => new Set(filesOf(path).map(([folder = '']) => folder));

describe('npm run test:unit', () => {
  it.each([
    ['starts an executable', 'system/boot/boot.test.ts', false],
    ['starts a process of another program', 'unit/dates/read.test.ts', false],
    ['does so through its support', 'unit/generate/yaml.test.ts', false],
    ['reaches a store through what it tests', 'unit/publish/publish.test.ts', false],
    ['does none of that', 'unit/index/digest.test.ts', true],
    ['imports a type of what does', 'unit/publish/decide.test.ts', true],
  ])('leaves out a file that can start a process or reach a server: one that %s', (_, name, isUnit) => {
    expect(startsNothing(join(ROOT, 'test', name))).toBe(isUnit);
  });
});

describe('the folders of test/', () => {
  it('say what a test starts: nothing of ours, one executable, or several with servers, fleets and browsers', () => {
    expect(foldersOf('test')).toEqual(new Set(['run', 'support', 'system', 'unit']));
  });

  it('are named after a room in unit/, or after what stands beside the rooms', () => {
    const beside = ['build', 'dev', 'ground', 'project', 'properties', 'release'];
    expect(
      [...foldersOf('test/unit')].filter((name) => ![...foldersOf('src'), ...beside].includes(name)),
    ).toEqual([]);
  });

  it('are named after an executable in run/, or every', () => {
    const names: string[] = ['every', ...COMMANDS.map(({ name }) => name)];
    expect([...foldersOf('test/run')].filter((name) => !names.includes(name))).toEqual([]);
  });
});
