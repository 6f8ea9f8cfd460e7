/** What outlives a program becomes a child of Navigator's, process 1 of its container, which asks after no orphan. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { SharedMachine } from '../../support/rights/shared-machine.ts';

// A test runs all hooks for many rounds.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** The processes that have this one's id among their arguments: what looks after it. */
function watchersOf(pid: number): string[] {
  return readdirSync('/proc').filter((one) => {
    if (!/^\d+$/.test(one)) return false;
    try {
      return readFileSync(`/proc/${one}/cmdline`, 'utf8').split('\0').includes(String(pid));
    } catch {
      return false; // gone since
    }
  });
}

it('the watcher of a program exists while the program runs, and ends before it', async () => {
  const machine = await SharedMachine.open();
  onTestFinished(() => machine.close());
  const store = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void store.close());
  await once(store, 'listening');
  const { port } = store.address() as AddressInfo;
  const run = spawn(join(ROOT, 'cgi-bin/update_config'), [], {
    env: {
      PATH: process.env['PATH'],
      ...machine.env,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      // Long enough for whoever looks; it asks four times at most.
      UPDATE_CONFIG_STORE_TIMEOUT: '600',
    },
    stdio: 'ignore',
  });
  const ended = once(run, 'exit');
  const pid = run.pid ?? expect.unreachable('it was not started');
  const [connection] = (await once(store, 'connection')) as [{ destroy(): void }];
  // What the shell starts is like it, for a moment.
  await expect.poll(() => watchersOf(pid)).toHaveLength(1);
  store.on('connection', (socket) => socket.destroy());
  connection.destroy();
  expect(await ended).toEqual([1, null]);
  expect(watchersOf(pid)).toEqual([]);
});
