import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/app/options/all-commands.ts';
import { removeTree } from '../../../src/rights/files.ts';
import { ROOT } from '../../support/machine/machine.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'manual-'));
  const made = spawnSync(process.execPath, [join(ROOT, 'dev/manual.ts'), directory], { encoding: 'utf8' });
  expect(made).toMatchObject({ status: 0, stderr: '' });
});
afterAll(() => removeTree(directory));

const pageOf = (name: string) => join(directory, 'man1', `${name}.1`);

describe('the manual pages', () => {
  it('are one for each executable', () => {
    const names = COMMANDS.map(({ name }) => `${name}.1`);
    expect(readdirSync(join(directory, 'man1')).sort()).toEqual(names.sort());
  });

  it.each(COMMANDS.map(({ name }) => [name]))('of %s is one that mandoc finds nothing wrong with', (name) => {
    const { status, stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', pageOf(name)], {
      encoding: 'utf8',
    });
    expect({ status, told: stdout + stderr }).toEqual({ status: 0, told: '' });
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s has every option, as it is typed',
    (name, { options }) => {
      const { stdout } = spawnSync('mandoc', ['-T', 'utf8', '-O', 'width=78', pageOf(name)], {
        encoding: 'utf8',
      });
      // A letter over itself is bold.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how terminals of paper did it
      const read = stdout.replaceAll(/.\x08/g, '');
      for (const long of Object.keys(options))
        expect(read).toMatch(new RegExp(`^ +(-\\w, )?--${long}( |$)`, 'm'));
    },
  );
});
