import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { oneFileOf } from '../../support/suite/one-file.ts';

const HOLD = await oneFileOf(join(import.meta.dirname, '../../support/child/hold-process.ts'));
const TRACED = 'socketpair,pipe2,clone,clone3,vfork,rt_sigprocmask,ioctl,setsockopt,shutdown';
const ARGUMENT = JSON.stringify({ command: ['sleep', '1000'], cwd: '/', timeoutMs: 60_000 });

const home = mkdtempSync(join(tmpdir(), 'start-killed-'));

afterAll(() => rmSync(home, { recursive: true }));

/** Runs the process that starts a child under strace; all that it starts can be told by `name`. */
const traced = (name: string, ...options: string[]) =>
  spawn('strace', [...options, process.execPath, HOLD, ARGUMENT], {
    stdio: 'ignore',
    env: { ...process.env, CHILD_TEST: name },
  });

/** Resolves when nobody lives any more who has inherited that name. */
async function untilGone(name: string): Promise<void> {
  while (readdirSync('/proc').some((pid) => environmentOf(pid).includes(`CHILD_TEST=${name}`))) await wait(5);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

/** Every call of the main thread between the first pipe for the child and the word that lets it go. */
async function callsOfTheStart(): Promise<{ name: string; nth: number }[]> {
  const log = join(home, 'log');
  const kill = ['-e', 'inject=shutdown:signal=SIGKILL:when=1'];
  await once(traced('recorded', '-o', log, '-e', `trace=${TRACED}`, ...kill), 'exit');
  await untilGone('recorded');
  const counts = new Map<string, number>();
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const name = /^([a-z0-9_]+)\(/.exec(line)?.[1];
      if (!name) return [];
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      return [{ name, nth }];
    });
  return calls.slice(calls.findIndex(({ name }) => name === 'socketpair'));
}

it('SIGKILL at any system call during the start of a child leaves no child behind', async () => {
  const calls = await callsOfTheStart();
  expect(calls.length).toBeGreaterThan(15);
  for (const { name, nth } of calls) {
    const mark = `${name}-${nth}`;
    const kill = ['-e', `inject=${name}:signal=SIGKILL:when=${nth}`];
    const child = traced(mark, '-o', '/dev/null', '-e', `trace=${name}`, ...kill);
    const [, signal] = await once(child, 'exit');
    expect({ mark, signal }).toEqual({ mark, signal: 'SIGKILL' });
    await untilGone(mark);
  }
});
