import { afterEach, beforeEach, expect, it } from 'vitest';
import { FleetCheck } from '../../../src/runs/fleet-check.ts';
import { outOfStep, PlayedFleet } from '../../support/web/played-fleet.ts';

let played: PlayedFleet;
let now: number;
let stop: AbortController;

beforeEach(() => {
  played = new PlayedFleet();
  now = Date.parse('2026-11-30T12:00:00Z');
  stop = new AbortController();
});
afterEach(() => played.close());

function check(operation: 'verify' | 'dry-run' = 'verify', command = played.command): FleetCheck {
  const child = { command, cwd: played.dir, env: { PATH: process.env['PATH'] } };
  return new FleetCheck({ child, operation, target: 'fly', signal: stop.signal, now: () => now });
}

it('the machines are asked once for all who ask at one time', async () => {
  const letGo = played.hold('verify');
  const machines = check();
  const answers = [machines.ask('ada'), machines.ask('bob')];
  expect([machines.isAsking, machines.last]).toEqual([true, null]);
  letGo();
  await Promise.all(answers);
  expect(machines.isAsking).toBe(false);
  expect(machines.last?.report?.machines).toHaveLength(3);
  expect(played.calls).toEqual(['ada --verify --events --target fly']);
});

it('an answer of the machines is fresh for half a minute, and stays until there is another', async () => {
  const machines = check();
  await machines.ask('ada');
  now += 29_000;
  expect(machines.isFresh).toBe(true);
  now += 2000;
  expect(machines.isFresh).toBe(false);
  now -= 3_600_000;
  expect(machines.isFresh, 'by a clock that was set back').toBe(false);
  now += 3_600_000;
  expect(machines.last?.at).toBe('2026-11-30T12:00:00.000Z');
});

it('machines that differ are an answer and no problem', async () => {
  played.says('verify', outOfStep(), 1);
  const machines = check();
  await machines.ask('ada');
  expect(machines.last?.problem).toBeNull();
  expect(machines.last?.report?.outcome).toBe('failed');
});

it('a config-update that cannot be started is a problem in words', async () => {
  const machines = check('dry-run', ['/nowhere/config-update']);
  await machines.ask('ada');
  expect(machines.last).toMatchObject({
    report: null,
    problem: { message: expect.stringContaining('/nowhere') },
  });
});

it('a server that ends does not wait for machines that say nothing', async () => {
  played.hold('verify');
  const machines = check();
  const asked = machines.ask('ada');
  stop.abort();
  await asked;
  expect([machines.last?.report, machines.last?.problem !== null]).toEqual([null, true]);
});
