import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FleetCheck } from '../../../src/runs/fleet-check.ts';
import { CONFIG_UPDATE, FleetHost } from '../../support/fleet/fleet-host.ts';

// Machines answer with a real CGI each, to the built config-update.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;

beforeAll(async () => {
  host = await FleetHost.start('--machines 2 --regions iad,gru'.split(' '), { real: true });
});
afterAll(() => host.close());

function check(operation: 'verify' | 'dry-run'): FleetCheck {
  const child = { command: [CONFIG_UPDATE], cwd: host.admin.appRoot, env: host.environment() };
  const signal = new AbortController().signal;
  return new FleetCheck({ child, operation, target: 'fly', signal, now: Date.now });
}

it('real machines say what they have, and what an update would change', async () => {
  const [verify, rehearse] = [check('verify'), check('dry-run')];
  await Promise.all([verify.ask('ada'), rehearse.ask('ada')]);
  expect(verify.last?.report).toMatchObject({ operation: 'verify', by: expect.stringContaining('ada') });
  expect(verify.last?.report?.machines).toHaveLength(2);
  expect(rehearse.last?.report).toMatchObject({ operation: 'dry-run' });
  expect(rehearse.last?.report?.machines.map(({ outcome }) => outcome)).toEqual(['dry-run', 'dry-run']);
});
