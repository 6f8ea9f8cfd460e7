import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/app/options/all-commands.ts';
import { renderCompletion } from '../../../src/app/options/completion.ts';
import { removeTree } from '../../../src/rights/files.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What a shell is told before it completes anything. */
const BEFORE = { bash: '', zsh: 'setopt no_auto_remove_slash; autoload -U compinit; compinit -u -D\n' };
const START = { bash: 'bash --norc -i', zsh: 'zsh -f -i' };

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'completion-'));
  mkdirSync(join(home, 'scripts'));
  mkdirSync(join(home, 'directory'));
  writeFileSync(join(home, 'dictionary'), '');
  for (const { name, ...command } of COMMANDS) {
    const path = join(home, 'scripts', name);
    writeFileSync(path, '#!/bin/sh\nprintf "given"; printf " <%s>" "$@"; echo\n');
    chmodSync(path, 0o755);
    for (const shell of SHELLS)
      writeFileSync(join(home, `${name}.${shell}`), renderCompletion({ name, ...command }, shell));
  }
});
afterAll(() => removeTree(home));

const env = () => ({ HOME: home, TERM: 'xterm', PATH: `${join(home, 'scripts')}:${process.env['PATH']}` });

/** What commands are given when these lines are typed on a terminal, tabs included. */
async function given(
  shell: 'bash' | 'zsh',
  names: readonly string[],
  typed: readonly string[],
): Promise<(string | undefined)[]> {
  const child = spawn('script', ['-qec', START[shell], '/dev/null'], {
    cwd: home,
    env: env(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const sources = names.map((name) => `. ./${name}.${shell}`);
  child.stdin.end(`${BEFORE[shell]}${[...sources, ...typed, 'exit'].join('\n')}\n`);
  const [shown] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return [...shown.matchAll(/^given (.*?)\r?$/gm)].map(([, words]) => words);
}

describe.each(['bash', 'zsh'] as const)('%s on a terminal', (shell) => {
  const rows: [name: string, typed: string, expected: string][] = [
    ['config-update', 'config-update --no-p\t', '<--no-publish>'],
    ['config-update', 'scripts/config-update --verb\t', '<--verbose>'],
    ['config-update', 'config-update --target ka\t', '<--target> <kamal>'],
    ['config-update', 'config-update -t fl\t', '<-t> <fly>'],
    ['config-update', 'config-update --target=ka\t', '<--target=kamal>'],
    ['config-update', 'config-update --app-root dir\t', '<--app-root> <directory/>'],
    ['fleet-sim', 'fleet-sim --cgi dict\t', '<--cgi> <dictionary>'],
    ['update_config', 'update_config --app-root dir\t --dry\t', '<--app-root> <directory/> <--dry-run>'],
    ['ready', 'ready --only pa\t', '<--only> <pages>'],
    ['sync-databases', 'sync-databases --index\t --sa\t', '<--index-only> <--safe>'],
    ['tenant-stop', 'tenant-stop --completion fi\t', '<--completion> <fish>'],
    ['showcase-web', 'showcase-web ke\t ret\t --ke\t', '<keys> <retire> <--key>'],
  ];
  it('completes what is typed of each command', async () => {
    // One after the other on one terminal: to start a shell with its completion takes longer than all else.
    const names = [...new Set(rows.map(([name]) => name))];
    const typed = rows.map(([, line]) => line);
    expect(await given(shell, names, typed)).toEqual(rows.map(([, , words]) => words));
  });
});

describe('zsh', () => {
  it('finds a completion in its fpath', async () => {
    copyFileSync(join(home, 'idle.zsh'), join(home, '_idle'));
    const typed = `fpath=(${home} $fpath); compinit -u -D\nidle --ver\t`;
    expect(await given('zsh', ['ready'], [typed])).toEqual(['<--version>']);
  });
});

describe('fish', () => {
  const completed = (name: string, typed: string): string[] => {
    const command = `source ${name}.fish; complete -C '${typed}'`;
    const { stdout, stderr } = spawnSync('fish', ['-c', command], {
      cwd: home,
      env: env(),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  };

  it.each([
    ['config-update', 'config-update --no-', ['--no-dashboard', '--no-dates', '--no-publish']],
    ['config-update', 'scripts/config-update --verb', ['--verbose']],
    ['config-update', 'config-update --target ', ['fly', 'kamal']],
    ['config-update', 'config-update --app-root d', ['directory/']],
    ['fleet-sim', 'fleet-sim --cgi di', ['dictionary', 'directory/']],
    ['start', 'start --completion ', ['bash', 'fish', 'zsh']],
  ])('completes what is typed of %s: %j', (name, typed, expected) => {
    expect(completed(name, typed).sort()).toEqual(expected);
  });
});

describe('the completion', () => {
  it.each(COMMANDS.map(({ name }) => [name]))('of %s is one that each shell can read', (name) => {
    for (const shell of SHELLS) {
      const { status, stderr } = spawnSync(shell, ['-n', join(home, `${name}.${shell}`)], {
        encoding: 'utf8',
      });
      expect({ shell, status, stderr }).toEqual({ shell, status: 0, stderr: '' });
    }
  });
});
