/**
 * The application exchanges two names as fast as it can while our programs run: something of its own, and a link to a
 * directory or file of root's. Each program is run a fixed number of times, and opens many files each time. On a build from
 * before the rights were dropped (RIGHTS_BUILD), such an attack comes through within as many, if not always.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication, type Trap, Traps } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched, rootsAmong } from '../../support/rights/expect-sound.ts';
import { indexWith, TENANTS } from '../../support/rights/indexes.ts';
import type { Program, SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

// Processes that never rest share the CPUs with what is tested.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  expect((await machine.post()).status).toBe(200);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

const db = (name: string) => join(machine.dbDir, name);
const linkTo = (path: string) => ({ link: path });

/** Whether they do their work or fail is all the same; that they end in order is not. */
async function run(times: number, ...programs: (Program | 'force')[]): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const program of programs) {
      if (program === 'force') await machine.force();
      else await machine.program(program, { env: { RAILS_APP_DB: TENANTS[0] } });
    }
  }
}

/** What the application has made of it is taken away; then an update brings all in order. */
async function expectMended(...traps: readonly Trap[]): Promise<void> {
  for (const { path } of traps) asApplication('rm -rf "$1" "$1".*', path);
  asApplication('mkdir -p "$1" "$2"', machine.dbDir, machine.logDir);
  await machine.publish(indexWith('eva'), new Date('2026-01-02T04:00:00Z'));
  const { status, body } = await machine.force();
  expect([status, body]).toEqual([200, expect.stringContaining('RESULT')]);
  expectInstalled(machine, indexWith('eva'));
  expectUntouched(machine, vault);
  expect(rootsAmong(machine)).toEqual([]);
}

async function attack(traps: readonly Trap[], work: () => Promise<void>): Promise<void> {
  const set = await Traps.set(...traps);
  await work();
  await set.stop();
  expectUntouched(machine, vault);
}

describe('Root touches nothing of its own elsewhere while the application exchanges', () => {
  it('the files that an update writes with links to secrets', async () => {
    const names = ['htpasswd', 'map.yml', 'showcases.yml'];
    const traps: Trap[] = [...names.map(db), join(machine.tmp, 'tenants.list')].map((path) => ({
      path,
      evil: linkTo(vault.file(path.split('/').at(-1) ?? '')),
      beside: 'file',
    }));
    await attack(traps, () => run(4, 'force'));
    await expectMended(...traps);
  });

  it('the state directory with a link to a directory of root’s', async () => {
    rmSync(machine.stateDir, { recursive: true, force: true });
    const trap = { path: machine.stateDir, evil: linkTo(vault.empty), beside: 'ours' } as const;
    await attack([trap], () => run(2, 'update_config', 'ready'));
    await expectMended(trap);
  });

  it('the db dir with a link to a directory of root’s', async () => {
    const trap = { path: machine.dbDir, evil: linkTo(vault.full), beside: 'file' } as const;
    await attack([trap], () => run(1, 'force', 'ready', 'force', 'idle', 'start'));
    await attack([trap], () => run(1, 'resume', 'tenant-stop', 'sync-databases', 'config-update'));
    await expectMended(trap);
  });

  it('the db dir and the log directory with links to an empty one of root’s', async () => {
    const traps: Trap[] = [machine.dbDir, machine.logDir].map((path) => ({
      path,
      evil: linkTo(vault.empty),
      beside: 'file',
    }));
    await attack(traps, () => run(2, 'force', 'ready', 'idle'));
    await expectMended(...traps);
  });

  it('locks, notes and copies with links to files of root’s', async () => {
    for (const name of TENANTS) machine.tenant(name);
    asApplication('mkdir -p "$1"/locks "$1"/copies "$2"/ready', machine.stateDir, machine.tmp);
    const [first] = TENANTS;
    const traps: Trap[] = [
      { path: join(machine.tmp, 'ready/lock'), evil: linkTo(vault.file('lock')), beside: 'ours' },
      {
        path: join(machine.tmp, 'ready/again.pages'),
        evil: linkTo(vault.file('again.pages')),
        beside: 'ours',
      },
      { path: join(machine.stateDir, 'tenants.db'), evil: linkTo(vault.file('tenants.db')), beside: 'ours' },
      {
        path: join(machine.stateDir, `locks/${first}.lock`),
        evil: linkTo(vault.file(`${first}.lock`)),
        beside: 'ours',
      },
      {
        path: join(machine.stateDir, `copies/${first}.copy`),
        evil: linkTo(join(vault.empty, 'authorized_keys')),
        beside: 'nothing',
      },
    ];
    await attack(traps, () => run(2, 'ready', 'idle'));
    await expectMended(...traps);
  });

  it('tenants’ databases, which the store has newer, with links to files of root’s', async () => {
    const bytes = readFileSync(machine.tenant(TENANTS[0]));
    for (const name of TENANTS) await machine.upload(name, bytes, new Date());
    // As soon as they are made they are moved away, so that they are made again and again.
    const traps: Trap[] = TENANTS.map((name, at) => ({
      path: db(`${name}.sqlite3`),
      evil: linkTo(vault.file(`${name}.sqlite3`)),
      beside: at === 0 ? 'file' : 'ours',
    }));
    await attack(traps, () => run(3, 'ready'));
    await expectMended(...traps);
  });

  it('the index with a link to a database of root’s', async () => {
    const trap = {
      path: db('index.sqlite3'),
      evil: linkTo(vault.file('index.sqlite3')),
      beside: 'file',
    } as const;
    await attack([trap], () => run(3, 'force'));
    await attack([trap], () => run(1, 'ready', 'config-update', 'start'));
    await expectMended(trap);
  });
});
