/** The databases of new events are made by the application's commands, as the application; what it plants decides nothing else. */
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { addRails, contentOf, type EventRow, indexOf, seeded } from '../../support/new-events/stand.ts';
import { Alike } from '../../support/rights/alike.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { expectUntouched, rootsAmong } from '../../support/rights/expect-sound.ts';
import { APPLICATION, type SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

const ONE = { id: 1, date: '2026-05-01' };
const TWO = { id: 2, studio: 'camden', key: 'gala', name: 'Winter Gala' } as const;

let machine: SharedMachine;
let vault: Vault;

async function begin(machine: SharedMachine): Promise<void> {
  addRails(machine.appRoot);
  asApplication('mkdir -p "$1"', join(machine.appRoot, 'tmp/rails'));
  chmodSync(join(machine.appRoot, 'tmp/rails'), 0o777);
  await machine.publish(indexOf(ONE), new Date('2026-01-03T00:00:00Z'));
  expect((await machine.post()).status).toBe(200);
}

/** Most tests begin when the databases of the first event have been prepared. */
const alike = new Alike(async (machine) => {
  await begin(machine);
  expect((await machine.program('ready', { args: ['--only', 'tenants'] })).exitCode).toBe(0);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

const publish = async (...events: readonly EventRow[]) => {
  await machine.publish(indexOf(...events), new Date('2026-01-04T00:00:00Z'));
  return await machine.post();
};
const path = (name: string) => join(machine.dbDir, `${name}.sqlite3`);
const like = (name: string) => {
  const { uid, gid, mode } = lstatSync(path(name));
  return [uid, gid, mode & 0o7777];
};

it('a copied database is the application’s, with its mode, and so are the files beside it', async () => {
  const { body } = await publish(ONE, TWO);
  expect(body).toContain('databases of new events: 1 copied');
  expect(contentOf(path('2026-camden-gala'))).toEqual(seeded('Winter Gala', null));
  expect(like('2026-camden-gala')).toEqual([APPLICATION, APPLICATION, 0o644]);
  asApplication('test -w "$1"', path('2026-camden-gala'));
  expect(rootsAmong(machine).filter((name) => name.startsWith('data'))).toEqual([]);
});

it('commands that an update has to run are run as the application, for good', async () => {
  ({ machine, vault } = await new Alike(begin).next());
  const { body } = await publish(ONE, TWO);
  expect(body).toContain('databases of new events: 1 copied');
  expect(like('2026-camden-gala')).toEqual([APPLICATION, APPLICATION, 0o644]);
  expect(readFileSync(join(machine.appRoot, 'tmp/rails/asked'), 'utf8')).toBe(
    `db:prepare template ${APPLICATION}\ndb:seed template ${APPLICATION}\n`,
  );
});

it('an event that changes its path keeps the mode of its database', async () => {
  asApplication('chmod 640 "$1"', path('2026-boston'));
  expect((await publish({ ...ONE, key: 'renamed' })).body).toContain('1 brought along');
  expect(like('2026-boston-renamed')).toEqual([APPLICATION, APPLICATION, 0o640]);
  await machine.program('ready', { args: ['--only', 'tenants'] });
  expect([
    existsSync(path('2026-boston')),
    rootsAmong(machine).filter((name) => name.startsWith('data')),
  ]).toEqual([false, []]);
});

it.each([
  ['links to what is root’s', 'ln -s "$2" "$1"'],
  ['pipes', 'mkfifo "$1"'],
])('%s in the places of kept files lead nowhere, and the event has its database', async (_, plant) => {
  const state = machine.stateDir;
  const [template = ''] = readdirSync(state).filter((name) => name.startsWith('template-'));
  const secret = vault.file('htpasswd');
  asApplication(`rm "$1"; ${plant}`, join(state, template), secret);
  asApplication(plant, join(state, 'new-events.json'), secret);
  asApplication(plant, join(state, 'moves'), join(secret, '..'));
  const { status, body } = await publish({ ...ONE, key: 'renamed' }, TWO);
  expect([status, body]).toEqual([200, expect.stringContaining('copied')]);
  expect(contentOf(path('2026-camden-gala'))).toEqual(seeded('Winter Gala', null));
  expect(machine.read('navigator.yml')).toContain('2026/camden/gala');
  expectUntouched(machine, vault, ['rails/tmp/rails']);
});

it('records that the application invents bring along nothing but its own databases', async () => {
  const moves = join(machine.stateDir, 'moves');
  const secret = vault.file('htpasswd');
  asApplication(
    'mkdir -p "$1"; for from in ../../x /etc/passwd index; do printf \'{"from":"%s"}\' "$from" >"$1/2026-camden-gala.json"; done; ln -s "$2" "$3"',
    ...[moves, secret, path('evil')],
  );
  asApplication('printf \'{"from":"evil"}\' >"$1/2026-camden-gala.json"', moves);
  const { body } = await publish(ONE, TWO);
  expect(body).toContain('databases of new events: 1 copied');
  expectUntouched(machine, vault, ['rails/tmp/rails']);
});

it('a file in the place of the state directory keeps no update from its end: the event is a warning', async () => {
  asApplication('mv "$1" "$1.was"; echo mine >"$1"', machine.stateDir);
  const { status, result } = await publish(ONE, TWO);
  expect([status, result.outcome, result.warningCount]).toEqual([200, 'updated', 1]);
  expect(machine.read('navigator.yml')).toContain('2026/camden/gala');
  asApplication('rm "$1"; mv "$1.was" "$1"', machine.stateDir);
  expect((await machine.program('ready', { args: ['--only', 'tenants'] })).exitCode).toBe(0);
  expect(contentOf(path('2026-camden-gala'))).toEqual(seeded('Winter Gala', null));
});
