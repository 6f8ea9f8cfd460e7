import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';

const ROWS = readFileSync(join(ROOT, 'docs/WEB-FAULTS.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

it.each(ROWS)('the fault "%s" has the test that the document names, or a reason', (_, how = '') => {
  const [, path, title] = /^`(test\/[\w./-]+)`: (.+)$/.exec(how) ?? [];
  if (path === undefined || title === undefined) {
    expect(how.length).toBeGreaterThan(40);
    return;
  }
  expect(existsSync(join(ROOT, path))).toBe(true);
  expect(readFileSync(join(ROOT, path), 'utf8')).toContain(title);
});
