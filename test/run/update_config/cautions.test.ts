/** What is easily missed in how a machine is set up, and is told. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

const said = async (env: Record<string, string>) => (await machine.run(['--dry-run'], { env })).stdout;

it('an update does not warn about a machine that is set up well', async () => {
  mkdirSync(join(machine.home, 'log'));
  expect(await said({ RAILS_LOG_VOLUME: join(machine.home, 'log') })).not.toMatch(/(Note|Warning): /);
});

it('an update warns about a region that the index does not have', async () => {
  expect(await said({ FLY_REGION: 'zzz' })).toContain(
    'Warning: FLY_REGION is zzz, but the index has no such region: this machine serves no event\n',
  );
});

it('an update warns about variables of Fly and of Kamal at once', async () => {
  expect(await said({ KAMAL_CONTAINER_NAME: 'showcase-web' })).toContain(
    'Warning: FLY_REGION and KAMAL_CONTAINER_NAME are both set: this counts as a machine of Fly\n',
  );
});

it.each([
  ['is not there', () => {}],
  ['is a file', () => writeFileSync(join(machine.home, 'log'), '')],
])('an update warns about a log directory that %s', async (_, make) => {
  make();
  const path = join(machine.home, 'log');
  const answer = await machine.post('', { env: { RAILS_LOG_VOLUME: path } });
  expect(answer.body).toContain(
    `Warning: RAILS_LOG_VOLUME is ${path}, which is not a directory: no log is written\n`,
  );
});

it('an update warns about a maintenance configuration that listens on another port', async () => {
  await machine.run([], { executable: join(ROOT, 'scripts/maintenance-config') });
  expect(await said({})).not.toMatch(/(Note|Warning): /);
  expect(await said({ NAVIGATOR_PORT: '3000' })).toContain(
    'Warning: navigator-maintenance.yml listens on port 9999, and navigator.yml on 3000: ',
  );
});

it('an update refuses an app root that does not exist, and does not make it', async () => {
  rmSync(machine.appRoot, { recursive: true });
  const answer = await machine.run([]);
  expect(answer.exitCode).toBe(1);
  expect(answer.stdout).toContain(`APP_ROOT is ${JSON.stringify(machine.appRoot)}, which is not a directory`);
});
