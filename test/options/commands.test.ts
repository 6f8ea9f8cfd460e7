import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/app/options/all-commands.ts';
import { renderHelp } from '../../src/app/options/help.ts';
import { renderPage } from '../../src/app/options/markdown.ts';
import { ROOT } from '../support/machine.ts';

const named = COMMANDS.map((command) => [command.name, command] as const);

describe('the page of commands', () => {
  it('has the tables that the executables parse with', async () => {
    await expect(renderPage(COMMANDS)).toMatchFileSnapshot(join(ROOT, 'docs/COMMANDS.md'));
  });
});

describe('the table of an executable', () => {
  it.each(named)('gives %s a help of at most 80 columns, with each of its options', (_name, command) => {
    const help = renderHelp(command);
    expect(help.split('\n').filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([]);
    for (const long of Object.keys(command.options)) expect(help).toMatch(new RegExp(` --${long}[ \\n]`));
  });

  it.each(named)('gives no two options of %s the same letter', (_name, { options }) => {
    const letters = Object.values(options).flatMap(({ short }) => (short ? [short] : []));
    expect(new Set(letters).size).toBe(letters.length);
  });

  it.each(named)('gives %s examples that call it, and exit codes', (name, { examples, exits }) => {
    for (const [call] of examples) expect(` ${call} `).toContain(` ${name} `);
    expect(exits.map(([code]) => code)).toEqual(expect.arrayContaining([0, 1, 2]));
  });
});
