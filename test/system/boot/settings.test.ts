import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Machine, ROOT } from '../../support/machine/machine.ts';
import { FIRST, FLY_MACHINE } from '../../support/machine/use-machine.ts';

let machine: Machine;
beforeEach(() => {
  machine = new Machine(FLY_MACHINE);
  writeFileSync(machine.path('index.sqlite3'), FIRST);
});
afterEach(() => machine.remove());

const WRONG = {
  NAVIGATOR_PORT: 'http',
  UPDATE_CONFIG_LOCK_TIMEOUT: '-1',
  UPDATE_CONFIG_MAX_INDEX_MIB: 'much',
  UPDATE_CONFIG_GENERATIONS: '0',
  UPDATE_CONFIG_PREPARE_TIMEOUT: 'never',
};

it('a machine boots whatever its settings with a default are, and says which of them do not count', async () => {
  const { exitCode, stdout } = await machine.run(['--boot'], { env: WRONG });
  expect(exitCode, stdout).toBe(0);
  expect(machine.read('navigator.yml')).toContain('listen: 9999');
  for (const [name, value] of Object.entries(WRONG)) {
    expect(stdout).toMatch(new RegExp(`${name} is "${value}".*, so the default is used\\. Set ${name}`));
  }
});

it('so does its start hook, which writes htpasswd', async () => {
  const answer = await machine.run([], { executable: join(ROOT, 'scripts/start'), env: WRONG });
  expect(answer.exitCode, answer.stdout).toBe(0);
  expect(existsSync(machine.path('htpasswd'))).toBe(true);
});

it('an update that was asked for still fails for them', async () => {
  await machine.run(['--boot']);
  for (const [name, value] of Object.entries(WRONG)) {
    const answer = await machine.post('', { env: { [name]: value } });
    expect(answer.result).toMatchObject({ outcome: 'failed', error: { code: 'config-invalid' } });
  }
});
