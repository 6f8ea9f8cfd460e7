import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCall } from '../../../src/app/arguments.ts';
import { COMMANDS } from '../../../src/app/options/all-commands.ts';
import { renderHelp } from '../../../src/app/options/help.ts';
import { renderPage } from '../../../src/app/options/markdown.ts';
import { ROOT } from '../../support/machine/machine.ts';

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

describe('the forms in which an executable tells what it does', () => {
  const told = named.filter(([, { options }]) => Object.hasOwn(options, 'events'));

  it('are those of every executable that has one of them', () => {
    expect(told.map(([name]) => name)).toEqual(['config-update', 'update_config', 'ready', 'sync-databases']);
    expect(named.filter(([, { options }]) => Object.hasOwn(options, 'json'))).toEqual(told);
  });

  it.each(
    told.flatMap(([name, command]) => [
      [name, ['--json'], 'json', null, command] as const,
      [name, ['--events'], 'events', null, command] as const,
      [name, ['--events', '--json'], 'events', '--json and --events cannot be combined', command] as const,
      [name, ['--json', '--frob'], 'json', 'unknown option --frob', command] as const,
    ]),
  )('are read by %s of %j as %j', async (name, args, form, message, command) => {
    const output: string[] = [];
    const write = (text: string) => output.push(text);
    const call = await readCall(command, args, { write, complain: write }, { name, env: {} });
    if (call.kind === 'answered') throw new Error(output.join(''));
    expect({ form: call.form, output }).toEqual({ form, output: [] });
    if (message === null) expect(call.options).not.toThrow();
    else expect(call.options).toThrow(message);
  });
});
