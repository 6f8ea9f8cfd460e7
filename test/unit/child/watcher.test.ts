import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runLimited } from '../../../src/child/limited.ts';
import { Holders } from '../../support/system/holders.ts';

const HOLD = join(import.meta.dirname, '../../support/child/hold-process.ts');
const LIMIT = join(import.meta.dirname, '../../support/child/exiting-process.ts');

/** A shell whose first look for processes finds none, as one that is in the middle of an exec shows no environment. */
function lateShell(home: string): string[] {
  const path = join(home, 'late-shell');
  const looked = join(home, 'looked');
  writeFileSync(
    path,
    `grep() { if [ -e '${looked}' ]; then command grep "$@"; else : >'${looked}'; fi; }
     code=$2
     shift 3
     eval "$code"`,
  );
  return ['/bin/sh', path];
}

it('a daemon that is in the middle of an exec at the first look dies all the same', async () => {
  const holders = new Holders();
  onTestFinished(() => holders.remove());
  const request = { command: holders.command('sleep 1000'), cwd: '/', timeoutMs: 60_000 };
  const argument = JSON.stringify({ ...request, shell: lateShell(holders.home) });
  const holder = spawn(process.execPath, [HOLD, argument], { stdio: ['ignore', 'ignore', 'inherit'] });
  await holders.alive;
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await holders.gone;
});

const limited = (script: string, timeoutMs = 60_000, input = Buffer.alloc(0)) =>
  runLimited({
    command: ['/bin/sh', '-c', script],
    env: { ONLY: 'this' },
    input,
    timeoutMs,
    memoryBytes: 2 ** 30,
  });

it('a limited program has only its own input and environment, and its answer is its output', async () => {
  expect(await limited('cat; echo "$ONLY$HOME"', 60_000, Buffer.from('in'))).toEqual({
    kind: 'answered',
    text: 'inthis\n',
  });
});

it('a limited program that exceeds its limits is reported by how it ended', async () => {
  expect(await limited('exit 3')).toEqual({ kind: 'failed', reason: 'it ended with exit code 3' });
  expect(await limited('kill -KILL $$')).toEqual({ kind: 'killed', signal: 'SIGKILL' });
  expect(await limited('exec sleep 1000', 50)).toEqual({ kind: 'timed-out' });
  expect(await limited('ulimit -t; ulimit -c; ulimit -d', 59_500)).toEqual({
    kind: 'answered',
    text: `61\n0\n${2 ** 20}\n`,
  });
  expect(await limited('cat /proc/self/oom_score_adj')).toEqual({ kind: 'answered', text: '1000\n' });
});

it('of a limited program that writes without end no more is kept than an answer can have', async () => {
  const outcome = await limited('head -c 2000000 /dev/zero');
  expect(outcome.kind === 'answered' && outcome.text.length).toBeLessThan(200_000);
});

it('a limited program dies with this process, which has nothing left to do for those that have ended', async () => {
  const listeners = process.listenerCount('exit');
  await Promise.all([limited('true'), limited('true')]);
  await limited('true');
  expect(process.listenerCount('exit')).toBe(listeners);
  const home = mkdtempSync(join(tmpdir(), 'limited-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const path = join(home, 'pid');
  // Whole as soon as it is there.
  const script = `echo $$ >'${path}.new'; mv '${path}.new' '${path}'; exec sleep 1000`;
  const request = { command: ['/bin/sh', '-c', script], timeoutMs: 60_000, memoryBytes: 2 ** 30 };
  const holder = spawn(process.execPath, [LIMIT, JSON.stringify(request)], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await expect.poll(() => existsSync(path)).toBe(true);
  const pid = Number(readFileSync(path, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  holder.stdin.end();
  await once(holder, 'exit');
  await expect.poll(() => isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    // One that has ended, and that nobody has asked for yet, is still in the list.
    return /^State:\s+[^ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
