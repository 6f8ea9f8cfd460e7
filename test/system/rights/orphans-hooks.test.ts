/** Navigator, process 1 of its container, asks after no orphan: each that a hook left would stay for ever. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { postVariables, ROOT } from '../../support/machine/machine.ts';
import { TENANTS } from '../../support/rights/indexes.ts';
import type { Account, Life, Step } from '../../support/rights/process-one.ts';
import {
  APPLICATION,
  AS_ADMINISTRATOR,
  PROGRAMS,
  SharedMachine,
} from '../../support/rights/shared-machine.ts';

// A test runs all hooks for many rounds.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** Of seven programs each, 57 runs in all: what is left once in 19 times is seen with 95 chances in 100. */
const ROUNDS = 8;

/** A program of the application's that starts others, and waits for them. */
const BUSY = '#!/bin/sh\nsh -c "sleep 0 & wait" &\nwait\n';

async function live(machine: SharedMachine, life: Life): Promise<Account> {
  const root = await machine.root();
  const driver = join(import.meta.dirname, '../../support/rights/process-one.ts');
  const inside = ['unshare', '--pid', '--fork', '--mount-proc', process.execPath, driver];
  const [first = '', ...rest] = [...root.through, ...inside, JSON.stringify(life)];
  const env = { PATH: process.env['PATH'], ...machine.env };
  const { stdout } = await promisify(execFile)(first, rest, { env, maxBuffer: 64 * 2 ** 20 });
  return JSON.parse(stdout) as Account;
}

async function open(): Promise<SharedMachine> {
  const machine = await SharedMachine.open();
  onTestFinished(() => machine.close());
  return machine;
}

it('an orphaned process is counted by this test', async () => {
  const orphan = { command: ['sh', '-c', '(sh -c "exit 0" & exec sh -c "sleep 0.01") & exit 0'] };
  const { left } = await live(await open(), { stages: [[orphan], [orphan]] });
  expect(left.length).toBeGreaterThan(0);
});

it(`${ROUNDS} rounds of all hooks and updates leave no process, not even a zombie`, async () => {
  const machine = await open();
  machine.make('rails/public', APPLICATION);
  for (const name of ['bin/rails', 'bin/prerender'])
    machine.write(join(machine.appRoot, name), BUSY, 0, 0o755);
  for (const name of TENANTS) machine.tenant(name);
  const step = (name: keyof typeof PROGRAMS, env: Record<string, string> = {}): Step => ({
    command: [join(ROOT, PROGRAMS[name])],
    env,
  });
  const post = (query = '', env = {}) => step('update_config', { ...postVariables(query), ...env });
  // After one that has Navigator reload, others wait for a second.
  const round = (number: number): Step[][] => [
    [step('start'), number % 4 === 0 ? post('force=1', AS_ADMINISTRATOR.env) : post()],
    [step('ready'), step('resume'), post()],
    [step('idle'), step('tenant-stop', { RAILS_APP_DB: TENANTS[0] })],
  ];
  // Without an index the start hook fails, as it should.
  const stages = [[post()], ...Array.from({ length: ROUNDS }, (_, number) => round(number)).flat()];
  expect(await live(machine, { stages })).toEqual({ runs: 1 + 7 * ROUNDS, failures: [], left: [] });
});
