/** What earlier releases left as root's in the application's directories, and what only looks like it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched, rootsAmong } from '../../support/rights/expect-sound.ts';
import { indexWith, TENANTS } from '../../support/rights/indexes.ts';
import { VAULT_SECRET } from '../../support/rights/secrets.ts';
import { APPLICATION, type Program, type SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  for (const name of TENANTS) machine.tenant(name);
  expect((await machine.post()).status).toBe(200);
  await runAll(machine);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

async function runAll(machine: SharedMachine): Promise<void> {
  const names: Program[] = ['start', 'update_config', 'ready', 'idle'];
  const codes: (number | null)[] = [];
  for (const name of names) codes.push((await machine.program(name)).exitCode);
  expect(codes).toEqual([0, 0, 0, 0]);
}

const LATER = new Date('2026-01-02T04:00:00Z');

it('files that root of an earlier release made become the application’s, and are used as before', async () => {
  const generation = machine.make('data/db/.update_config/generations/20250101T000000000Z-abcdef', 0, 0o700);
  machine.write(join(generation, 'manifest.json'), '{}', 0, 0o600);
  machine.write(
    join(machine.stateDir, 'journal.db'),
    readFileSync(join(machine.trusted, 'journal.db')),
    0,
    0o600,
  );
  machine.write(machine.path('htpasswd'), `mallory:${VAULT_SECRET}\n`, 0, 0o600);
  execFileSync('chown', ['-R', '0:0', machine.dbDir, machine.logDir, machine.tmp]);
  for (const path of [machine.dbDir, machine.logDir, machine.tmp]) chownSync(path, APPLICATION, APPLICATION);
  for (const path of [machine.stateDir, join(machine.stateDir, 'locks')]) chmodSync(path, 0o700);
  const logged = lstatSync(join(machine.logDir, 'update_config.log')).size;
  await machine.publish(indexWith('eva'), LATER);
  await runAll(machine);
  expectInstalled(machine, indexWith('eva'));
  expectUntouched(machine, vault);
  // What is to be replaced is the application's when it is.
  const exported = ['data/db/map.yml', 'data/db/showcases.yml', 'rails/tmp/tenants.list'];
  const left = ['', '/20250101T000000000Z-abcdef', '/20250101T000000000Z-abcdef/manifest.json'];
  const generations = left.map((name) => `data/db/.update_config/generations${name}`);
  expect(rootsAmong(machine).sort()).toEqual([...generations, ...exported]);
  expect(lstatSync(join(machine.logDir, 'update_config.log')).size).toBeGreaterThan(logged);
});

it('files that root keeps in the application’s directories stay root’s, whatever names the application gives them', async () => {
  const content = `${VAULT_SECRET}\n`;
  const names = [
    ...['', '-wal', '-shm', '-journal'].flatMap((suffix) => [
      `index.sqlite3${suffix}`,
      `${TENANTS[0]}.sqlite3${suffix}`,
    ]),
    ...['htpasswd', 'map.yml', 'showcases.yml'],
  ];
  const backup = machine.make('data/db/backup', 0, 0o700);
  machine.write(join(backup, 'tenants.db'), readFileSync(join(machine.stateDir, 'tenants.db')), 0);
  machine.write(join(backup, 'locks'), content, 0);
  const kept = names.map((name) => machine.write(join(machine.dbDir, `kept-${name}`), content, 0, 0o600));
  const script = names.map((name) => `rm -rf "$1/${name}"; mv "$1/kept-${name}" "$1/${name}"`).join('\n');
  asApplication(`${script}\nrm -rf "$1"/.update_config; mv "$1"/backup "$1"/.update_config`, machine.dbDir);
  machine.write(join(machine.logDir, 'kept'), content, 0, 0o600);
  asApplication('mv "$1"/kept "$1"/update_config.log', machine.logDir);
  expect(kept.length).toBe(names.length);
  for (const name of ['update_config', 'start', 'ready', 'idle'] as const) await machine.program(name);
  expectUntouched(machine, vault);
  // Exports are replaced, as anything is that stands there.
  const stays = names.filter((name) => name.includes('.sqlite3')).map((name) => join(machine.dbDir, name));
  const owners = [...stays, machine.stateDir, join(machine.logDir, 'update_config.log')].map((path) => [
    path,
    lstatSync(path).uid,
  ]);
  expect(owners).toEqual(owners.map(([path]) => [path, 0]));
  asApplication('cd "$1"; mkdir aside; mv *.sqlite3* aside; mv .update_config .aside', machine.dbDir);
  await machine.publish(indexWith('eva'), LATER);
  await runAll(machine);
  expectInstalled(machine, indexWith('eva'));
});

it('links, second names, and files that run as root are not given away', async () => {
  const path = machine.path('index.sqlite3');
  const bytes = readFileSync(path);
  const elsewhere = machine.write(join(machine.home, 'index'), bytes, 0, 0o600);
  const [first, second] = TENANTS.map((name) => join(machine.dbDir, `${name}.sqlite3`));
  const lay: [string, () => void][] = [
    ['a second name', () => linkSync(elsewhere, path)],
    ['a link', () => asApplication('ln -s "$1" "$2"', elsewhere, path)],
    ['one that runs as root', () => chmodSync(machine.write(path, bytes, 0), 0o4755)],
  ];
  for (const [what, make] of lay) {
    asApplication('rm -f "$1"', path);
    make();
    const before = lstatSync(path);
    await machine.post();
    for (const file of [elsewhere, path])
      expect([what, lstatSync(file).uid]).toEqual([
        what,
        file === path && what === 'a link' ? APPLICATION : 0,
      ]);
    expect([what, lstatSync(path).mode]).toEqual([what, before.mode]);
  }
  renameSync(path, join(machine.home, 'index'));
  writeFileSync(first ?? '', '');
  linkSync(vault.file(`${TENANTS[0]}.sqlite3`), join(machine.dbDir, 'x.sqlite3'));
  renameSync(join(machine.dbDir, 'x.sqlite3'), second ?? '');
  vault.lookAnew();
  expect((await machine.post()).status).toBe(200);
  await machine.program('ready');
  expect(vault.changes()).toEqual([]);
  expect(readdirSync(machine.dbDir)).toContain('htpasswd');
});
