/** The directories that the start hook makes where they are missing: the application's, and nobody else's. */
import { existsSync, lstatSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asApplication, Traps } from '../../support/rights/attackers.ts';
import { expectUntouched } from '../../support/rights/expect-sound.ts';
import { indexWith } from '../../support/rights/indexes.ts';
import type { PrivateRoot } from '../../support/rights/private-root.ts';
import { APPLICATION, SharedMachine } from '../../support/rights/shared-machine.ts';
import { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;
let root: PrivateRoot;

beforeEach(async () => {
  machine = await SharedMachine.open();
  vault = new Vault(machine);
  root = await machine.root();
});
afterEach(() => machine.close());

/** Owner, group and mode; null where there is nothing. */
function look(path: string): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats
    ? `${stats.uid}:${stats.gid} ${(stats.mode & 0o7777).toString(8)} ${stats.isDirectory()}`
    : null;
}

const OF_APPLICATION = `${APPLICATION}:${APPLICATION} 755 true`;
const OF_ROOT = '0:0 755 true';

describe('Directories that are missing', () => {
  it('are made for the application, in root’s directories and in its own', async () => {
    for (const name of ['data/db', 'data/log', 'data/storage', 'rails/storage', 'rails/log'])
      rmdirSync(join(machine.home, name));
    const given = {
      RAILS_STORAGE: join(machine.appRoot, 'storage'),
      RAILS_LOG_VOLUME: join(machine.appRoot, 'log'),
    };
    for (const env of [{}, given]) {
      const { stdout } = await machine.program('start', { env });
      expect(stdout).toContain('index-missing');
    }
    const made = ['data/db', 'data/log', 'data/storage', 'rails/storage', 'rails/log'].map((name) =>
      look(join(machine.home, name)),
    );
    expect(made).toEqual(made.map(() => OF_APPLICATION));
    const demo = ['/demo', '/demo/db', '/demo/storage', '/demo/storage/demo'].map((path) =>
      look(root.outside(path)),
    );
    expect(demo).toEqual([OF_ROOT, OF_APPLICATION, OF_ROOT, OF_APPLICATION]);
    expectUntouched(machine, vault);
  });

  it('are completed if only some are missing, and the others stay as they are', async () => {
    await machine.program('start');
    rmSync(root.outside('/demo/storage'), { recursive: true });
    machine.make('data/log', 0, 0o700);
    await machine.program('start');
    expect(look(root.outside('/demo/storage/demo'))).toBe(OF_APPLICATION);
    expect(look(machine.logDir)).toBe('0:0 700 true');
  });
});

describe('Links', () => {
  it('of the application’s are not followed, be it that they lead to directories of root’s or to none', async () => {
    const paths = [machine.dbDir, machine.logDir, join(machine.data, 'storage')];
    for (const target of [vault.full, join(vault.empty, 'new'), join(vault.empty, 'new/deeper')]) {
      asApplication(paths.map((path) => `rm -rf '${path}'; ln -s '${target}' '${path}'`).join('\n'));
      await machine.program('start');
      expectUntouched(machine, vault);
      expect(paths.map((path) => lstatSync(path).isSymbolicLink())).toEqual([true, true, true]);
    }
  });

  it('that are exchanged with the directories, or take their place as soon as they are made, are not followed', async () => {
    const paths = [machine.dbDir, machine.logDir, join(machine.data, 'storage')];
    for (const beside of ['file', 'ours'] as const) {
      asApplication(paths.map((path) => `rm -rf '${path}' '${path}'.*`).join('\n'));
      const set = await Traps.set(...paths.map((path) => ({ path, evil: { link: vault.empty }, beside })));
      for (let round = 0; round < 2; round++) await machine.program('start');
      await set.stop();
      expectUntouched(machine, vault);
    }
    asApplication(paths.map((path) => `rm -rf '${path}' '${path}'.*`).join('\n'));
    await machine.program('start');
    machine.write(machine.path('index.sqlite3'), indexWith('eve'));
    expect((await machine.program('start')).exitCode).toBe(0);
    expect(existsSync(machine.path('htpasswd'))).toBe(true);
  });
});
