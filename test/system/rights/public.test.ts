/** Pages are written as root where the public directory is root's: nobody else may say where that is. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication, type Trap, Traps } from '../../support/rights/attackers.ts';
import { expectUntouched } from '../../support/rights/expect-sound.ts';
import { APPLICATION, type SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  expect((await machine.post()).status).toBe(200);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

const PAGES = ['--only', 'pages'];

async function renderUnder(traps: readonly Trap[], times: number): Promise<void> {
  const set = await Traps.set(...traps);
  for (let round = 0; round < times; round++) await machine.program('ready', { args: PAGES });
  await set.stop();
}

async function expectRendered(): Promise<void> {
  const { exitCode, stdout } = await machine.program('ready', { args: PAGES });
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/pages (written|unchanged)/)]);
}

describe('Pages stay in the public directory, and root out of what is elsewhere, while the application exchanges', () => {
  it('directories and pages that are its own there with links', async () => {
    const given = ['studios', '2026', 'regions'].map((name) => `rails/public/${name}`);
    for (const name of given) machine.make(name, APPLICATION);
    const [studios = '', year = ''] = given.map((name) => join(machine.home, name));
    const traps: Trap[] = [
      { path: join(studios, 'boston'), evil: { link: vault.full }, beside: 'ours' },
      { path: join(studios, 'index.html'), evil: { link: vault.file('index.html') }, beside: 'file' },
      { path: join(year, 'camden'), evil: { link: vault.empty }, beside: 'ours' },
    ];
    await renderUnder(traps, 3);
    expectUntouched(machine, vault, given);
    for (const name of given) asApplication('rm -rf "$1"/*', join(machine.home, name));
    await expectRendered();
    expectUntouched(machine, vault, given);
  });

  it('a public directory below its own one, as the override file names it, with a link', async () => {
    machine.make('data/public', APPLICATION);
    const overrides = `server:\n  static:\n    public_dir: ${machine.data}/public\n`;
    machine.write(join(machine.appRoot, 'config/overrides.yml'), overrides, 0);
    machine.env['NAVIGATOR_OVERRIDES'] = 'config/overrides.yml';
    const trap: Trap = { path: join(machine.data, 'public'), evil: { link: vault.empty }, beside: 'file' };
    await renderUnder([trap], 2);
    expectUntouched(machine, vault);
    asApplication('rm -rf "$1"*; ln -s "$2" "$1"', trap.path, vault.group);
    const { exitCode, stdout } = await machine.program('ready', { args: PAGES });
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('EACCES')]);
    expectUntouched(machine, vault);
    asApplication('rm "$1"; mkdir "$1"', trap.path);
    await expectRendered();
    expect(asApplication('find "$1" ! -user 4242', trap.path)).toBe('');
  });

  it('a directory that root’s public directory is a link to with a link of its own', async () => {
    machine.make('data/public', APPLICATION);
    const path = join(machine.data, 'public');
    machine.link(join(machine.appRoot, 'public'), path);
    await renderUnder([{ path, evil: { link: vault.empty }, beside: 'file' }], 2);
    expectUntouched(machine, vault);
    asApplication('rm -rf "$1"*; mkdir "$1"', path);
    await expectRendered();
    expectUntouched(machine, vault);
  });
});
