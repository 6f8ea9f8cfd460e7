import { cpSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { EXECUTABLE } from '../../support/machine/machine.ts';
import { FIRST, useMachine } from '../../support/machine/use-machine.ts';

const here = useMachine();

/** An application of its own with update_config in it, and nothing in the environment that says where it is. */
function installed(): string {
  const { appRoot } = here.machine;
  for (const name of ['cgi-bin', 'db']) mkdirSync(join(appRoot, name));
  for (const name of ['update_config', 'better_sqlite3.node']) {
    cpSync(join(dirname(EXECUTABLE), name), join(appRoot, 'cgi-bin', name));
  }
  writeFileSync(join(appRoot, 'db/index.sqlite3'), FIRST);
  here.machine.env = {};
  return appRoot;
}

it('an executable called by a link from elsewhere works on the application that it is in', async () => {
  const appRoot = installed();
  const link = join(here.machine.home, 'update_config');
  symlinkSync(join(appRoot, 'cgi-bin/update_config'), link);
  const { exitCode, stdout } = await here.machine.run([], { executable: link });
  expect(exitCode, stdout).toBe(0);
  expect(existsSync(here.machine.path('navigator.yml'))).toBe(true);
});

it('an executable called in a cgi-bin that is itself a link works on the application that has the link', async () => {
  const appRoot = installed();
  const elsewhere = join(here.machine.home, 'package');
  mkdirSync(elsewhere);
  renameSync(join(appRoot, 'cgi-bin'), join(elsewhere, 'cgi-bin'));
  symlinkSync(join(elsewhere, 'cgi-bin'), join(appRoot, 'cgi-bin'));
  const { exitCode, stdout } = await here.machine.run([], {
    executable: join(appRoot, 'cgi-bin/update_config'),
  });
  expect(exitCode, stdout).toBe(0);
  expect(existsSync(here.machine.path('navigator.yml'))).toBe(true);
});
