import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeSample } from '../../../dev/sample/sample.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { EXECUTABLE, Machine } from '../../support/machine/machine.ts';
import { EARLIER, FIRST, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
const here = useMachine();

async function json(...args: string[]): Promise<RunResult> {
  return JSON.parse((await here.machine.run([...args, '--json'])).stdout) as RunResult;
}

describe('a command by hand', () => {
  it('does what the CGI does, and reports it line by line', async () => {
    here.machine.isFromSource = false;
    const { exitCode, stdout, stderr } = await here.machine.run([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/Step 1\/6: .* \.\.\.\n/);
    expect(stdout).toMatch(/\nRESULT \{"run":/);
    expect(here.machine.read('navigator.yml')).toContain('auth:');
  });

  it('prefers --app-root to APP_ROOT', async () => {
    const other = new Machine();
    await here.machine.run(['--app-root', other.appRoot]);
    expect(statSync(other.path('navigator.yml')).isFile()).toBe(true);
    expect(() => statSync(here.machine.path('navigator.yml'))).toThrow('ENOENT');
    other.remove();
  });

  it('does not make a missing directory that --app-root names', async () => {
    const missing = join(here.machine.home, 'mistyped');
    const { exitCode, stderr } = await here.machine.run(['--app-root', missing]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is not a directory');
    expect(existsSync(missing)).toBe(false);
  });

  it('leaves an empty machine empty with --dry-run', async () => {
    const before = here.machine.snapshot();
    const result = await json('--dry-run');
    expect(result).toMatchObject({ outcome: 'dry-run', reload: true });
    expect(result.diff).toContain('+server:');
    expect(here.machine.snapshot()).toEqual(before);
    expect(() => statSync(join(here.machine.dbDir, '.update_config'))).toThrow('ENOENT');
  });

  it('says with --dry-run what people will notice, where no program reads it as a machine’s answer', async () => {
    await here.machine.run([]);
    await here.published.publish(changeSample(FIRST).index, new Date());
    const { changes } = await json('--dry-run');
    expect(changes?.map(({ name }) => name)).toEqual([
      '/showcase/2026/boston/tea-dance/',
      '/showcase/2026/boston/showcase/',
      'studio1',
    ]);
    const piped = await here.machine.run(['--dry-run']);
    expect(JSON.parse(/^RESULT (.*)$/m.exec(piped.stdout)?.[1] ?? '')).not.toHaveProperty('changes');
    const command = ['-qec', `${EXECUTABLE} --dry-run`, '/dev/null'];
    const options = { executable: 'script', env: { SHELL: '/bin/sh', TERM: 'xterm' } };
    const atTerminal = (await here.machine.run(command, options)).stdout.replaceAll('\r\n', '\n');
    expect(atTerminal).toContain('What people will notice:\n  + /showcase/2026/boston/tea-dance/  is new\n');
    expect(atTerminal).toMatch(/^ {2}- studio1 +can no longer log in$/m);
    expect(atTerminal).not.toContain('RESULT');
  });

  it('explains itself with --help, and exits with 2 for options that make no sense', async () => {
    here.machine.isFromSource = false;
    const help = await here.machine.run(['--help']);
    expect(help.exitCode).toBe(0);
    for (const option of [
      '--dry-run',
      '--force',
      '--json',
      '--app-root',
      '--history',
      '--rollback',
      '--generations',
    ]) {
      expect(help.stdout).toContain(option);
    }
    for (const args of [
      ['--frobnicate'],
      ['stray'],
      ['--dry-run', '--history'],
      ['--history', '--force'],
      ['--rollback', 'a', 'b'],
    ]) {
      const answer = await here.machine.run(args);
      expect(answer.exitCode, args.join(' ')).toBe(2);
      expect(answer.stdout).toBe('');
      expect(answer.stderr).toMatch(/^update_config: .* \(update_config --help lists all\)\n$/);
    }
  });

  it.each([[], ['--dry-run'], ['--history'], ['--generations'], ['--warnings'], ['--rollback']])(
    'exits with 1 without the db dir and says what to do, also for %s',
    async (...args: string[]) => {
      rmSync(here.machine.dbDir, { recursive: true });
      const { exitCode, stdout, stderr } = await here.machine.run(args);
      // A list is for programs to read, so what kept it from being made is not told in its place.
      const isList = args.some((one) => ['--history', '--generations', '--warnings'].includes(one));
      const [told, other] = isList ? [stderr, stdout] : [stdout, stderr];
      expect({ exitCode, other }).toEqual({ exitCode: 1, other: '' });
      expect(told).toContain('Failed (db-dir-missing)');
      expect(told).toMatch(/What to do: Mount the volume, or .*; on a new volume, make that directory\.\n/);
    },
  );
});

describe('--history', () => {
  it('lists the runs, newest first: when, trigger, outcome, what changed, how long', async () => {
    here.machine.isFromSource = false;
    expect((await here.machine.run(['--history'])).stdout).toContain('No run');
    await here.machine.post();
    await here.machine.run([]);
    await here.machine.run(['--force']);
    const { stdout, exitCode } = await here.machine.run(['--history']);
    expect(exitCode).toBe(0);
    const [head, forced, second, first] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/began +run +trigger +outcome +duration +changed/);
    expect(forced).toMatch(/command +updated/);
    expect(second).toMatch(/command +unchanged +\d+ ms +-$/);
    expect(first).toMatch(/cgi +updated +\d+ ms +index htpasswd map showcases tenants navigator$/);
  });
});

describe('the generations of a machine', () => {
  it('list what was replaced, not what the first run made', async () => {
    const { run } = await json();
    expect((await here.machine.run(['--generations'])).stdout).toMatch(new RegExp(`${run} +-\\n`));
    expect((await here.machine.run(['--rollback'])).stdout).toContain(`run ${run} replaced nothing`);
  });

  it('are kept to the number that is set', async () => {
    here.machine.env = { ...here.machine.env, UPDATE_CONFIG_GENERATIONS: '2' };
    let index = FIRST;
    for (let run = 0; run < 4; run++) {
      await here.published.publish(index, new Date(EARLIER.getTime() + run * 1000));
      await json();
      index = changeSample(index).index;
    }
    expect(JSON.parse((await here.machine.run(['--generations', '--json'])).stdout)).toHaveLength(2);
  });

  it('are readable by their owner alone', async () => {
    await here.machine.run([]);
    expect(statSync(join(here.machine.dbDir, '.update_config')).mode & 0o777).toBe(0o700);
  });
});
