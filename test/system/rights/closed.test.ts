/** A db dir that its owner, the application, may not look into any more. */
import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { APPLICATION, type SharedMachine } from '../../support/rights/shared-machine.ts';

let machine: SharedMachine;
const alike = new Alike(async (machine) => {
  await machine.post();
});
beforeEach(async () => {
  ({ machine } = await alike.next());
});

const closedTo = (path: string) =>
  `Nothing could be done in ${path}: the application's account (${APPLICATION}) cannot read it. `;

it.each([
  ['the db dir', () => machine.dbDir],
  ['the directory above it', () => machine.data],
])(
  'the start hook says that %s is closed, and the site comes up with the present htpasswd',
  async (_, path) => {
    chmodSync(path(), 0o000);
    const { exitCode, stdout } = await machine.program('start');
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain(
      `${closedTo(machine.dbDir)}An htpasswd is there, which root can read, and the site comes up with it\nWhat to do: `,
    );
    expect(stdout).not.toContain('There is no htpasswd');
  },
);

it('the start hook fails if the db dir is closed and there is no htpasswd, and says both', async () => {
  rmSync(machine.path('htpasswd'));
  chmodSync(machine.dbDir, 0o000);
  const { exitCode, stdout } = await machine.program('start');
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 1 });
  expect(stdout).toContain(`${closedTo(machine.dbDir)}Root finds no htpasswd there either`);
});

it('a wrong setting, by which the account is not known, leaves root no rights in directories of the application’s', async () => {
  const log = join(machine.logDir, 'update_config.log');
  rmSync(log);
  const { status, result } = await machine.post('', { env: { FLY_REGION: 'i/ad' } });
  expect([status, result?.error?.code]).toEqual([500, 'config-invalid']);
  expect(lstatSync(log, { throwIfNoEntry: false })?.uid).not.toBe(0);
});

it('a closed log directory is reported as closed, not as missing', async () => {
  chmodSync(machine.data, 0o000);
  const { body } = await machine.post();
  expect(body).toContain(
    `RAILS_LOG_VOLUME is ${machine.logDir}, which cannot be looked at (EACCES): no log is written`,
  );
});
