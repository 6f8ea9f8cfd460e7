import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { oneFileOf } from '../../support/suite/one-file.ts';

const LIMITED = await oneFileOf(join(import.meta.dirname, '../../support/child/limited-process.ts'));

const start = (seconds: number, what: 'blocked' | 'done') =>
  spawn(process.execPath, [LIMITED, String(seconds), what], { stdio: ['ignore', 'pipe', 'inherit'] });

async function answerOf(child: ReturnType<typeof start>) {
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { said, code, signal };
}

/** Process ids of the shells that watch this process. */
function watchersOf(pid: number | undefined): string[] {
  return readdirSync('/proc').filter((name) => {
    const [program, , , , watched] = readOr(`/proc/${name}/cmdline`).split('\0');
    return program === '/bin/sh' && watched === String(pid);
  });
}

/** What they wait for now: process ids. */
function waitedFor(pid: number | undefined): string[] {
  return watchersOf(pid).flatMap((shell) =>
    readOr(`/proc/${shell}/task/${shell}/children`).split(' ').filter(Boolean),
  );
}

/** Empty where the process has ended, or it is none. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

it('ends a process that is blocked in a call when its time is up, and says why', async () => {
  expect(await answerOf(start(1, 'blocked'))).toEqual({
    said: 'limited\nready was ended after 1 s (READY_DEADLINE): look for what it waited for, such as a pipe instead of a file\n',
    code: null,
    signal: 'SIGKILL',
  });
});

it('leaves nobody behind where the process ends before', async () => {
  const child = start(600, 'done');
  expect(await answerOf(child)).toEqual({ said: 'limited\n', code: 0, signal: null });
  expect(watchersOf(child.pid)).toEqual([]);
});

it('has a watcher that ends with a process which is killed', async () => {
  const child = start(600, 'blocked');
  await once(child.stdout, 'data');
  // What the shell starts is like it, for a moment.
  await expect.poll(() => watchersOf(child.pid)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'close');
  await expect.poll(() => watchersOf(child.pid)).toEqual([]);
});

it('spares a process that was stopped, as from a terminal, and ends it once it goes on and is late again', async () => {
  const child = start(5, 'blocked');
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  // The watcher begins its second turn: another `timeout` of the same shell.
  await expect.poll(() => waitedFor(child.pid)).toHaveLength(1);
  const [before] = waitedFor(child.pid);
  await expect.poll(() => waitedFor(child.pid)).not.toContain(before);
  await expect.poll(() => waitedFor(child.pid)).toHaveLength(1);
  expect(child.signalCode).toBeNull();
  child.kill('SIGCONT');
  expect((await answerOf(child)).signal).toBe('SIGKILL');
});
