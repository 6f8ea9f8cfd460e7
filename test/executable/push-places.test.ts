/** A push to a machine that serves as many requests as it does at a time. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Place, takePlace } from '../../src/app/slots.ts';
import { Machine } from '../support/machine.ts';
import { giveKeys, newKey, push, pushOf } from '../support/pushing.ts';
import { FIRST, SECOND } from '../support/use-machine.ts';

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

function takeAll(): void {
  for (;;) {
    const place = takePlace(machine, true);
    if (place) places.push(place);
  }
}

it('is kept from nothing by requests that anybody may send', async () => {
  expect((await push(machine, pushOf({ key: KEY, index: FIRST }))).status).toBe(200);
  expect(takeAll).toThrow('this machine serves 24 requests already');
  expect((await machine.post()).status).toBe(503);
  expect((await push(machine, pushOf({ key: KEY, index: SECOND }))).result).toMatchObject({
    outcome: 'updated',
  });
});
