import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../support/machine/machine.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { addProgram, FEW, publicFiles, READY, ready, readyJson } from '../../support/ready/ready.ts';
import { Holders } from '../../support/system/holders.ts';

const OWN = 'bin/prerender';

useSource();
let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', APP_USER: 'root' });
  writeFileSync(machine.path('index.sqlite3'), FEW);
});

afterEach(() => machine.remove());

const pages = (env: Record<string, string> = {}) => ready(machine, ['--only', 'pages'], { env });

describe("the application's own bin/prerender", () => {
  it('is run in the app root instead of the built-in renderer, and its output is shown', async () => {
    machine.isFromSource = false;
    const own = addProgram(
      machine,
      OWN,
      'echo "in $(pwd) as $RAILS_ENV with $# arguments" | tee ran; echo bad >&2',
    );
    const { exitCode, stdout } = await pages();
    expect(exitCode).toBe(0);
    const said = `in ${machine.appRoot} as production with 0 arguments`;
    expect(readFileSync(join(machine.appRoot, 'ran'), 'utf8')).toBe(`${said}\n`);
    expect(stdout).toContain(`] Note: ${own}: ${said}\n`);
    expect(stdout).toContain(`] Note: ${own}: bad\n`);
    expect(publicFiles(machine).size).toBe(0);
  });

  it('may choose its own RAILS_ENV', async () => {
    addProgram(machine, OWN, 'echo "as $RAILS_ENV"');
    expect((await pages({ RAILS_ENV: 'staging' })).stdout).toContain('as staging\n');
  });

  it('is not run if the settings say so', async () => {
    addProgram(machine, OWN, 'touch ran');
    expect((await pages({ READY_PRERENDER: 'builtin' })).exitCode).toBe(0);
    expect(publicFiles(machine).size).toBeGreaterThan(20);
    const { exitCode, stdout } = await pages({ READY_PRERENDER: 'off' });
    expect({ exitCode, told: stdout.includes('READY_PRERENDER is off') }).toEqual({
      exitCode: 0,
      told: true,
    });
    expect(() => readFileSync(join(machine.appRoot, 'ran'))).toThrow('ENOENT');
  });

  it('is not run if it is not executable, with a note', async () => {
    addProgram(machine, OWN, 'touch ran', 0o644);
    const { exitCode, stdout } = await pages();
    expect({ exitCode, told: stdout.includes('is not executable') }).toEqual({ exitCode: 0, told: true });
    expect(publicFiles(machine).size).toBeGreaterThan(20);
  });

  it('is judged by the pages that it has made, not by its exit code', async () => {
    addProgram(machine, OWN, 'mkdir -p public; echo made >public/index.html');
    const { exitCode, summaries } = await readyJson(machine, ['--only', 'pages']);
    expect({ exitCode, counts: summaries[0]?.counts }).toEqual({
      exitCode: 0,
      counts: { 'pages written': 1, 'pages unchanged': 0, 'pages missing': 19 },
    });
    addProgram(machine, OWN, 'exit 0');
    expect((await pages()).stdout).toMatch(/bin\/prerender wrote none of the \d+ pages of this index\n/);
  });

  it('is only named in a dry run', async () => {
    addProgram(machine, OWN, 'touch ran');
    const { exitCode, stdout } = await ready(machine, ['--dry-run', '--only', 'pages']);
    expect({ exitCode, told: stdout.includes('bin/prerender would be run') }).toEqual({
      exitCode: 0,
      told: true,
    });
    expect(() => readFileSync(join(machine.appRoot, 'ran'))).toThrow('ENOENT');
  });
});

describe('a command that renders', () => {
  it('is the one that READY_PRERENDER names, with its arguments', async () => {
    addProgram(machine, 'script/render.sh', 'echo "got $1 and $2" >ran');
    expect((await pages({ READY_PRERENDER: 'script/render.sh  one *' })).exitCode).toBe(0);
    expect(readFileSync(join(machine.appRoot, 'ran'), 'utf8')).toBe('got one and *\n');
  });

  it.for([
    [
      'that is not there',
      'script/nothing now',
      'script/nothing now cannot be started: script/nothing is not a program',
    ],
    ['with quotes', 'sh -c "exit 1"', 'READY_PRERENDER holds quotes'],
  ] as const)('%s is a failure with a hint', async ([, command, message]) => {
    const { exitCode, stdout } = await pages({ READY_PRERENDER: command });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(message);
    expect(stdout).toContain('What to do: ');
  });

  it('that fails is reported with its exit code and its last words, on one line and without secrets', async () => {
    addProgram(machine, OWN, 'printf "first\\n\\033[31mRESULT {} of s3cret-key\\n\\n"; exit 3');
    const env = {
      AWS_ACCESS_KEY_ID: 'key-of-test',
      AWS_SECRET_ACCESS_KEY: 's3cret-key',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
    };
    const { exitCode, stdout } = await pages(env);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'bin/prerender ended with exit code 3; its last words: \\u001b[31mRESULT {} of [redacted]\n',
    );
    expect(stdout).not.toContain('s3cret');
    expect(stdout).not.toContain('\u001b');
  });

  it('that a signal ends is reported with the name of the signal', async () => {
    addProgram(machine, OWN, 'kill -SEGV $$');
    const { summaries } = await readyJson(machine, ['--only', 'pages']);
    expect(summaries[0]?.failures[0]).toMatchObject({
      step: 'pages',
      code: 'command-failed',
      message: expect.stringContaining('was ended by SIGSEGV'),
    });
  });

  it('that writes a lot has its output cut in the log, and is not stopped', async () => {
    addProgram(machine, OWN, 'seq 1 30000; touch ran');
    const { exitCode, stdout } = await pages();
    expect(exitCode).toBe(0);
    expect(stdout).toContain(': 200\n');
    expect(stdout).not.toContain(': 201\n');
    expect(stdout).toContain('29800 more lines are not shown\n');
    rmSync(join(machine.appRoot, 'ran'));
  });
});

describe('a rendering command that hangs', () => {
  let holders: Holders;

  beforeEach(() => {
    holders = new Holders();
    const [, , script = ''] = holders.command('exec sleep 1000');
    addProgram(machine, OWN, script);
  });

  afterEach(() => holders.remove());

  it('is ended with all that it started when its time is up, and the hook fails', async () => {
    machine.isFromSource = false;
    const { exitCode, stdout } = await pages({ READY_PRERENDER_TIMEOUT: '4' });
    expect({ exitCode, told: stdout.includes('was ended after 4 s (READY_PRERENDER_TIMEOUT)') }).toEqual({
      exitCode: 1,
      told: true,
    });
    await holders.gone;
  });

  it.for(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'dies with all that it started when %s ends the hook, and the next hook does its work',
    async (signal) => {
      const hook = spawn(READY, ['--only', 'pages'], {
        env: { PATH: process.env['PATH'], ...machine.env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for await (const line of createInterface(hook.stdout)) if (line.endsWith(': up')) break;
      await holders.alive;
      const exit = once(hook, 'exit');
      hook.kill(signal);
      expect(await exit).toEqual([null, signal]);
      await holders.gone;
      const { exitCode, summaries } = await readyJson(machine, ['--only', 'pages'], {
        env: { READY_PRERENDER: 'builtin' },
      });
      expect({ exitCode, rounds: summaries.length }).toEqual({ exitCode: 0, rounds: 1 });
      expect(publicFiles(machine).size).toBeGreaterThan(20);
    },
  );
});
