/**
 * The application has laid links where our programs read, write or make something. No race: they stand there all the time.
 * Each of these gave root's files away, or made files in directories of root's, before the rights were dropped.
 */
import { linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched, rootsAmong } from '../../support/rights/expect-sound.ts';
import { indexWith, TENANTS } from '../../support/rights/indexes.ts';
import type { Program, SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  for (const name of TENANTS) machine.tenant(name);
  expect((await machine.post()).status).toBe(200);
  expect((await machine.program('idle')).exitCode).toBe(0);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

const ALL = ['start', 'update_config', 'ready', 'idle', 'tenant-stop', 'maintenance-config'] as const;

async function run(...programs: readonly Program[]): Promise<void> {
  for (const name of programs) {
    await machine.program(name, { env: { RAILS_APP_DB: TENANTS[0] } });
    expect([name, vault.changes()]).toEqual([name, []]);
  }
}

async function expectMended(): Promise<void> {
  await machine.publish(indexWith('eva'), new Date('2026-01-02T04:00:00Z'));
  const { status, body } = await machine.force();
  expect([status, body]).toEqual([200, expect.stringContaining('RESULT')]);
  expectInstalled(machine, indexWith('eva'));
  expectUntouched(machine, vault);
}

const exported = () => [
  ...['htpasswd', 'map.yml', 'showcases.yml'].map(inDb),
  join(machine.tmp, 'tenants.list'),
];
const inDb = (name: string) => join(machine.dbDir, name);
const inState = (name: string) => join(machine.stateDir, name);
const remembered = () => ['journal.db', 'repair.db', 'tenants.db', 'uploads.db'].map(inState);
const logs = () => ALL.map((name) => join(machine.logDir, `${name}.log`));
const ofTenants = () =>
  TENANTS.flatMap((name) => [
    inDb(`${name}.sqlite3`),
    inState(`locks/${name}.lock`),
    inState(`copies/${name}.copy`),
  ]);

/** Each path becomes a link, in a directory that is made if need be. */
function layLinks(pairs: readonly (readonly [path: string, target: string])[]): void {
  const lines = pairs.map(
    ([path, target]) => `mkdir -p "$(dirname '${path}')"; rm -rf '${path}'; ln -s '${target}' '${path}'`,
  );
  asApplication(lines.join('\n'));
}

const nameOf = (path: string) => path.split('/').at(-1) ?? '';

describe('Nothing of root’s is read, changed or made through links that stand in the place of', () => {
  it('files, be it that they lead to secrets', async () => {
    const paths = [
      ...exported(),
      ...remembered(),
      ...logs(),
      ...ofTenants(),
      join(machine.tmp, 'ready/lock'),
    ];
    layLinks(paths.map((path) => [path, vault.file(nameOf(path))]));
    await run(...ALL);
    await expectMended();
  });

  it('files, be it that they lead to nothing in a directory of root’s', async () => {
    const paths = [...exported(), ...remembered(), ...logs(), ...ofTenants(), inDb('index.sqlite3')];
    layLinks(paths.map((path) => [path, join(vault.empty, nameOf(path))]));
    await run(...ALL);
    await expectMended();
  });

  it('the index, be it that they lead to a database of root’s', async () => {
    layLinks([[inDb('index.sqlite3'), vault.file('index.sqlite3')]]);
    await run('start', 'ready', 'config-update');
    // It cannot be read, and says so; an index that could not be read would not be replaced unseen.
    const { result } = await machine.post();
    expect(result.error).toMatchObject({ code: 'disk' });
    asApplication('rm "$1"', inDb('index.sqlite3'));
    await expectMended();
  });

  it('directories of locks, copies, notes and logs', async () => {
    for (const [target, programs] of [
      [vault.empty, ['ready', 'update_config']],
      [vault.full, ['ready', 'idle', 'update_config']],
    ] as const) {
      const paths = ['locks', 'copies', 'generations'].map(inState);
      layLinks([...paths, join(machine.tmp, 'ready'), machine.logDir].map((path) => [path, target]));
      await run(...programs);
    }
    rmSync(machine.logDir);
    await expectMended();
  });

  it('the state directory', async () => {
    for (const [target, programs] of [
      [vault.empty, ['ready']],
      [vault.full, ['ready', 'idle', 'config-update']],
    ] as const) {
      layLinks([[machine.stateDir, target]]);
      await run(...programs);
    }
    await expectMended();
  });

  it('the db dir', async () => {
    for (const [target, programs] of [
      [vault.full, ['start', 'update_config', 'ready', 'idle']],
      [vault.group, ['start', 'ready']],
    ] as const) {
      layLinks([[machine.dbDir, target]]);
      await run(...programs);
    }
    asApplication('rm "$1"; mkdir "$1"', machine.dbDir);
    await expectMended();
  });
});

describe('Nothing of root’s is read, changed or given away that has a second name', () => {
  it('in the application’s directories, where something of ours stands', async () => {
    const journal = inDb('index.sqlite3-journal');
    const paths = [
      ...[...exported(), ...remembered(), ...logs(), ...ofTenants(), journal, join(machine.tmp, 'ready')],
      ...['tenants.db-journal', 'uploads.db-wal', 'tenants.db-shm'].map(inState),
    ];
    asApplication('mkdir -p "$1"/locks "$1"/copies', machine.stateDir);
    for (const path of paths) {
      rmSync(path, { recursive: true, force: true });
      const name = nameOf(path)
        .replace(/-(journal|wal|shm)$/, '')
        .replace(/^ready$/, 'lock');
      // Where the kernel does not forbid it, the application makes such links itself.
      linkSync(vault.file(name), path);
    }
    vault.lookAnew();
    await run(...ALL);
    const names = rootsAmong(machine);
    expect(names.length).toBeGreaterThan(0);
    asApplication(names.map((name) => `rm -f '${machine.home}/${name}'`).join('\n'));
    vault.lookAnew();
    await expectMended();
  });
});
