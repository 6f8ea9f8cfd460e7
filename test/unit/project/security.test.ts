import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';

interface Threat {
  readonly who: string;
  readonly what: string;
  readonly tests: readonly { readonly path: string; readonly title: string }[];
}

const [, TABLE = ''] = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8').split('\n## Threats');
const THREATS: readonly Threat[] = (TABLE.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who |'))
  .map((line) => {
    const [who = '', what = '', , cell = ''] = line.slice(2, -2).split(' | ');
    const tests = cell.split('<br>').map((one) => {
      const [, path = '', title = ''] = /^`(test\/[\w./-]+)`: (.+)$/.exec(one) ?? [];
      return { path, title };
    });
    return { who, what, tests };
  });

it.each(THREATS)('SECURITY.md: "$who, to $what" has the tests that its row names', ({ tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  for (const { path, title } of tests) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    // A title of several tests has its values put in.
    expect(readFileSync(join(ROOT, path), 'utf8'), path).toContain(title || 'a title');
  }
});

it('SECURITY.md knows everybody who could attack', () => {
  expect(new Set(THREATS.map(({ who }) => who))).toEqual(
    new Set([
      'anybody',
      'a studio owner',
      'another site in a browser',
      'another process on loopback',
      'the application’s account',
      'who writes the bucket',
      'a stolen deploy key',
      'a stolen whsec key',
      'a network attacker',
      'a malicious dashboard',
      'a hostile machine',
      'a sender of JSON',
      'a dependency',
      'a compiled cache',
    ]),
  );
});
