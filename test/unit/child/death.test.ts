import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runChild } from '../../../src/child/run-child.ts';
import { Holders } from '../../support/system/holders.ts';

const HOLD = join(import.meta.dirname, '../../support/child/hold-process.ts');

let holders: Holders;

beforeEach(() => {
  holders = new Holders();
});

afterEach(() => holders.remove());

const request = (last: string) => ({ command: holders.command(last), cwd: '/', env: process.env });

// What guards a child runs in the system's shell: Debian's and Alpine's.
describe.for([
  ['dash', ['/bin/dash']],
  ['busybox', ['busybox', 'sh']],
] as const)('guarded by %s, a child with a child and a daemon', ([, shell]) => {
  it('leaves nothing behind when it ends', async () => {
    const outcome = await runChild({ ...request('exit 4'), timeoutMs: 60_000, shell });
    expect(outcome).toEqual({ kind: 'exited', code: 4, tail: ['up'] });
    await holders.gone;
  });

  it('dies with both at its time-out', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const onLine = () => void vi.advanceTimersByTime(4000);
    const outcome = await runChild({ ...request('sleep 1000'), timeoutMs: 4000, shell, onLine });
    expect(outcome.kind).toBe('timed-out');
    await holders.gone;
  });

  it.for(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'dies with both when %s ends the process that started it',
    async (signal) => {
      const argument = JSON.stringify({ ...request('sleep 1000'), timeoutMs: 60_000, shell });
      const holder = spawn(process.execPath, [HOLD, argument], { stdio: ['ignore', 'ignore', 'inherit'] });
      await holders.alive;
      holder.kill(signal);
      await once(holder, 'exit');
      await holders.gone;
    },
  );
});
