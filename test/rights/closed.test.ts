/** A db dir that its owner, the application, may not look into any more. */
import { chmodSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPLICATION, SharedMachine } from './support/shared-machine.ts';

let machine: SharedMachine;
beforeEach(async () => {
  machine = await SharedMachine.open();
  await machine.post();
});
afterEach(() => machine.close());

const closedTo = (path: string) =>
  `Nothing could be done in ${path}: the application's account (${APPLICATION}) cannot read it. `;

it.each([
  ['the db dir', () => machine.dbDir],
  ['the directory above it', () => machine.data],
])(
  '%s is closed: the start hook says so, and the site comes up with the htpasswd that is there',
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

it('closed, and without an htpasswd, it fails the start hook, which says both', async () => {
  rmSync(machine.path('htpasswd'));
  chmodSync(machine.dbDir, 0o000);
  const { exitCode, stdout } = await machine.program('start');
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 1 });
  expect(stdout).toContain(`${closedTo(machine.dbDir)}Root finds no htpasswd there either`);
});

it('a log directory that is closed is told as that, and not as missing', async () => {
  chmodSync(machine.data, 0o000);
  const { body } = await machine.post();
  expect(body).toContain(
    `RAILS_LOG_VOLUME is ${machine.logDir}, which cannot be looked at (EACCES): no log is written`,
  );
});
