/** Requests that anybody may send, more than the machine serves at a time. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { CgiAnswered } from '../../support/machine/machine.ts';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectUntouched } from '../../support/rights/expect-sound.ts';
import type { SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

/** As the program has it: two lanes to the store, and slots. */
const SERVED = 24;
const SLOTS = 22;
const CALLERS = 36;

let machine: SharedMachine;
let vault: Vault;
let proxy: FaultProxy;

const alike = new Alike(async (machine) => {
  // Slots are there once a request was served well.
  expect((await machine.post()).status).toBe(200);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
  proxy = await startFaultProxy(machine.env['AWS_ENDPOINT_URL_S3'] ?? '');
  machine.onClose(() => proxy.close());
  machine.env['AWS_ENDPOINT_URL_S3'] = proxy.endpoint;
});

it('24 requests are served at a time; the others get an immediate Retry-After, and are served then', async () => {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  proxy.plan(async () => {
    await held;
    return undefined;
  });
  const answers: CgiAnswered[] = [];
  let refused = 0;
  const callers = Array.from({ length: CALLERS }, async () => {
    const answer = await machine.post();
    answers.push(answer);
    if (answer.status === 503) refused += 1;
    // The store answers as soon as all that can be served are.
    if (refused === CALLERS - SERVED) letGo();
  });
  await Promise.all(callers);
  const served = answers.filter(({ status }) => status === 200);
  // Two that try the same slot in one moment may both be told that it is taken.
  expect(served.length).toBeLessThanOrEqual(SERVED);
  expect(served.length).toBeGreaterThan(0);
  for (const { status, headers, result } of answers.filter((answer) => !served.includes(answer))) {
    expect([status, headers['retry-after'], result.error?.code]).toEqual([
      503,
      expect.stringMatching(/^[1-9]\d*$/),
      'busy',
    ]);
  }
  expect((await machine.post()).status).toBe(200);
  expectUntouched(machine, vault);
});

it('the application cannot take a slot and so block requests', async () => {
  const [place = ''] = readdirSync(machine.run_);
  const slots = join(machine.run_, place, 'slots');
  expect(readdirSync(slots).filter((name) => name.endsWith('.lock'))).toHaveLength(SLOTS);
  expect([statSync(slots).uid, statSync(slots).mode & 0o777]).toEqual([0, 0o700]);
  expect(() => asApplication('ls "$1"', slots)).toThrow('Permission denied');
  // What stands where it would, had it no account, does not count.
  asApplication(
    'mkdir -p "$1"/slots; for n in $(seq 0 23); do mkfifo "$1"/slots/$n.lock; done',
    machine.stateDir,
  );
  expect((await machine.post()).status).toBe(200);
});
