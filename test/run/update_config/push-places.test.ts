/** Pushes, and requests of others, to a machine that serves as many as it does at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Place, takePlace } from '../../../src/app/machine/slots.ts';
import { EXECUTABLE, Machine } from '../../support/machine/machine.ts';
import { cgiVariables, giveKeys, newKey, push, pushOf } from '../../support/machine/pushing.ts';
import { FIRST, SECOND } from '../../support/machine/use-machine.ts';

const KEY = newKey();
let machine: Machine;
const places: Place[] = [];
beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web' });
  giveKeys(machine, KEY);
});
afterEach(() => {
  for (const { lock } of places) lock.release();
  machine.remove();
});

const send = (index: Buffer) => push(machine, pushOf({ key: KEY, index }));

function takeAll(): void {
  for (;;) {
    const place = takePlace(machine, true);
    if (place) places.push(place);
  }
}

it('requests that anybody may send do not prevent a push', async () => {
  expect((await send(FIRST)).status).toBe(200);
  expect(takeAll).toThrow('this machine serves 24 requests already');
  expect((await machine.post()).status).toBe(503);
  expect((await send(SECOND)).result).toMatchObject({
    outcome: 'updated',
  });
});

it('bodies that never come may delay other pushes, but no update', async () => {
  await send(FIRST);
  const request = pushOf({ key: KEY, index: FIRST });
  const env = { PATH: process.env['PATH'], ...machine.env, ...cgiVariables(request) };
  const slow: ChildProcess[] = [];
  const begin = () => {
    const child = spawn(EXECUTABLE, [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => {}).write(request.body.subarray(0, 10));
    slow.push(child);
  };
  try {
    // One that finds the last place taken, by the push that looks, is followed by another.
    const look = async () => {
      begin();
      return (await send(FIRST)).status;
    };
    await expect.poll(look, { timeout: 60_000 }).toBe(503);
    expect((await machine.post()).status).toBe(200);
  } finally {
    for (const child of slow) child.kill('SIGKILL');
    await Promise.all(slow.map((child) => (child.exitCode ?? child.signalCode) || once(child, 'exit')));
  }
  expect((await send(FIRST)).status).toBe(200);
});
