import { describe, expect, it } from 'vitest';
import { readCall } from '../../../../src/app/arguments.ts';
import { CONFIG_UPDATE } from '../../../../src/app/fleet/config-update-options.ts';

/** What config-update says to arguments that it cannot do anything with, before it looks at anything else. */
async function refusalOf(args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const written: string[] = [];
  const call = await readCall(
    CONFIG_UPDATE,
    args,
    { write: (text) => written.push(text), complain: (text) => said.push(text) },
    { name: 'config-update', env: {} },
  );
  expect({ call, written }).toEqual({ call: { kind: 'answered', exitCode: 2 }, written: [] });
  return said.join('');
}

describe('config-update ends with 2, and says why in one line, for', () => {
  it.each([
    [['--target', 'moon']],
    [['--timeout', '0']],
    [['--concurrency', 'many']],
    [['--dry-run', '--verify']],
    [['--no-publish', '--replace', 'x']],
    [['--broadcast-url', 'http://localhost/']],
    [['argument']],
    [['--push', '--publish']],
    [['--push', '--no-publish']],
    [['--force', '--verify', '--push']],
    [['--history', '--push']],
    [['--target', 'fly,fly']],
    [['-t', 'fly', '-t', 'kamal,fly']],
    [['--target', 'fly,']],
    [['--target', 'kamal,nowhere']],
    [['--target', '']],
  ])('%j', async (args) => {
    expect(await refusalOf(args)).toMatch(/^config-update: .+ \(.+\)\n$/);
  });

  it.each([
    [['--nonsense=x'], 'unknown option --nonsense'],
    [['--forse'], 'unknown option --forse; did you mean --force?'],
    [['-verify'], 'unknown option -verify; did you mean --verify?'],
    [['history'], 'unexpected argument "history"; did you mean --history?'],
    [['ann:passw0rd'], 'unexpected argument'],
    [['--target'], '--target lacks its value (NAMES)'],
    [
      ['--target', 'fli'],
      '--target takes fly or kamal, or several with commas between them, not "fli"; did you mean fly?',
    ],
    [['--timeout', '-1'], '--timeout lacks its value (S)'],
    [['--json=yes'], '--json takes no value'],
  ])('%j: %s', async (args, message) => {
    expect(await refusalOf(args)).toBe(`config-update: ${message} (config-update --help lists all)\n`);
  });

  it.each([
    [['--undo', 'yesterday'], '--undo takes the id of a run, as --published and --history list them'],
    [['--undo', '--no-publish'], '--undo and --no-publish cannot be combined'],
    [['--undo', '--verify'], '--undo and --verify cannot be combined'],
    [['--undo', '--history'], '--undo and --history cannot be combined'],
    [['--discard-pending'], '--discard-pending needs --undo'],
    [['--published', '--history'], '--history and --published cannot be combined'],
    [['--no-dates', '--verify'], '--no-dates and --verify cannot be combined'],
  ])('%j, in these words: %s', async (args, message) => {
    expect(await refusalOf(args)).toContain(message);
  });

  it.each([
    ['--dashboard', '--no-dashboard'],
    ['--dashboard', '--verify'],
    ['--dashboard', '--metrics'],
    ['--wait', '5'],
    ['--send-outbox', '--no-dashboard'],
    ['--send-outbox', '--metrics'],
    ['--send-outbox', '--replace', 'x'],
  ])('%s %s, which is of the dashboard', async (...args) => {
    expect(await refusalOf(args.filter((one) => one !== undefined))).toMatch(
      /^config-update: --[a-z-]+ (?:and --[a-z-]+ cannot be combined|needs --[a-z-]+)/,
    );
  });

  const PASSWORD = 'pass-word-of-ada';
  it.each([
    [['--usr', `ada:${PASSWORD}`]],
    [[`--usr=ada:${PASSWORD}`]],
    [[`--ada:${PASSWORD}`]],
    [['--timeout', PASSWORD]],
    [['--target', 'fly', `ada:${PASSWORD}`]],
    [['--verify', '--replace', PASSWORD]],
    [[`--json=${PASSWORD}`]],
  ])('%j, and quotes no password from them', async (args) => {
    expect(await refusalOf(args)).not.toContain(PASSWORD);
  });
});
