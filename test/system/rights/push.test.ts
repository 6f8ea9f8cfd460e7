/** An index is pushed to a machine on which the application's account tries to have a say in that. */
import { chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CgiAnswered, parseAnswer } from '../../support/machine/machine.ts';
import { cgiVariables, giveKeys, newKey, pushOf, type Request } from '../../support/machine/pushing.ts';
import { FIRST } from '../../support/machine/use-machine.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { APPLICATION, SharedMachine } from '../../support/rights/shared-machine.ts';

const KEY = newKey();

let machine: SharedMachine;
let keyFile: string;
beforeEach(async () => {
  machine = await SharedMachine.open();
  keyFile = giveKeys(machine, KEY);
});
afterEach(() => machine.close());

async function send(request: Request): Promise<CgiAnswered> {
  const answered = await machine.run([], { input: request.body, env: cgiVariables(request) });
  return parseAnswer(answered);
}

it('the used ids of pushes are where the application can neither see nor change them', async () => {
  const request = pushOf({ key: KEY, index: FIRST });
  const first = await send(request);
  expect(first.result, first.stdout).toMatchObject({ outcome: 'updated' });
  const [place = ''] = readdirSync(machine.state);
  const ids = join(machine.state, place, 'pushed');
  expect([statSync(ids).uid, statSync(ids).mode & 0o777]).toEqual([0, 0o700]);
  expect(readdirSync(ids)).toHaveLength(1);
  expect(() => asApplication('ls "$1"', ids)).toThrow('Permission denied');
  asApplication('rm -rf "$1"/.update_config', machine.dbDir);
  expect((await send(request)).status).toBe(401);
  expect(statSync(machine.path('index.sqlite3')).uid).toBe(APPLICATION);
});

it('a key for pushes that the application could have written does not count', async () => {
  chownSync(keyFile, APPLICATION, APPLICATION);
  const { status, result } = await send(pushOf({ key: KEY, index: FIRST }));
  expect([status, result.error?.code]).toEqual([500, 'config-invalid']);
  expect(asApplication('cat "$1"', keyFile)).toContain('whsec_'); // it is its own
  chownSync(keyFile, 0, 0);
  expect(() => asApplication('cat "$1"', keyFile)).toThrow('Permission denied');
  expect((await send(pushOf({ key: KEY, index: FIRST }))).status).toBe(200);
});
