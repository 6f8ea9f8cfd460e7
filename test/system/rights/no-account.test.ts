/** Root on a machine on which no account of the application is known. */
import { chownSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { asApplication, Traps } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched } from '../../support/rights/expect-sound.ts';
import { indexWith } from '../../support/rights/indexes.ts';
import {
  AS_ADMINISTRATOR,
  PROGRAMS,
  type Program,
  SharedMachine,
} from '../../support/rights/shared-machine.ts';
import { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;

afterEach(() => machine.close());

const FLY = { APP_USER: 'an-account-that-no-machine-has' };
const LOCAL = { APP_USER: null, FLY_APP_NAME: null, FLY_REGION: null, FLY_MACHINE_ID: null };

/** Everything below a directory, with owner and time. */
function list(top: string): string[] {
  return readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { uid, gid, mode, mtimeMs } = lstatSync(join(top, name));
    return `${name} ${uid}:${gid} ${mode.toString(8)} ${mtimeMs}`;
  });
}

const programs = (Object.keys(PROGRAMS) as Program[]).filter((name) => name !== 'maintenance-config');

describe('Root without an account of the application', () => {
  it('refuses to work in a db dir of somebody else’s, whatever it is asked for', async () => {
    machine = await SharedMachine.open(FLY);
    const vault = new Vault(machine);
    machine.write(machine.path('index.sqlite3'), indexWith('eve'));
    const before = list(machine.data);
    const answers = [
      await machine.post(),
      await machine.post('state=1'),
      await machine.force(),
      await machine.post('dry_run=1', AS_ADMINISTRATOR),
    ];
    const named = 'APP_USER is "an-account-that-no-machine-has", and this machine has no such account';
    expect(answers.map(({ status, body }) => [status, body.includes(named)])).toEqual(
      answers.map(() => [500, true]),
    );
    const lines = [
      ['--force'],
      ['--dry-run'],
      ['--rollback'],
      ['--history'],
      ['--generations'],
      ['--warnings'],
    ];
    const calls: [Program, string[]][] = [
      ...lines.map((args): [Program, string[]] => ['update_config', args]),
      ...programs.map((name): [Program, string[]] => [name, []]),
      ['ready', ['--list']],
      ['ready', ['--dry-run']],
      ['sync-databases', ['--index-only']],
      ['sync-databases', ['--dry-run']],
      ['config-update', ['--dry-run']],
    ];
    for (const [name, args] of calls) {
      const { exitCode, stdout, stderr } = await machine.program(name, {
        args,
        env: { RAILS_APP_DB: '2026-boston' },
      });
      expect([name, ...args, exitCode, stdout + stderr]).toEqual([
        name,
        ...args,
        1,
        expect.stringContaining('APP_USER'),
      ]);
    }
    expect(list(machine.data)).toEqual(before);
    expectUntouched(machine, vault);
  });

  it.each([
    ['on a Fly machine', FLY],
    ['on a laptop', LOCAL],
  ])('runs no program of the application %s, and says why', async (_, env) => {
    machine = await SharedMachine.open(env);
    for (const path of [machine.data, machine.dbDir, machine.logDir, machine.tmp]) chownSync(path, 0, 0);
    const vault = new Vault(machine);
    const evidence = join(machine.appRoot, 'db/evidence');
    for (const name of ['bin/rails', 'bin/prerender', 'bin/other']) plant(machine, name, evidence);
    asApplication(
      'mkdir "$1"/db/migrate; echo "touch $1/db/evidence" >"$1"/db/migrate/1_x.rb',
      machine.appRoot,
    );
    expect((await machine.post()).status).toBe(200);
    expectInstalled(machine, indexWith('eve'));
    for (const command of ['auto', join(machine.appRoot, 'bin/other')]) {
      const { exitCode, stdout } = await machine.program('ready', { env: { READY_PRERENDER: command } });
      expect(exitCode).toBe(1);
      const why = "cannot be started: it is the application's, this runs as root, and no account";
      expect(stdout).toContain(`bin/rails db:prepare ${why}`);
      expect(stdout).toContain(`bin/${command === 'auto' ? 'prerender' : 'other'} ${why}`);
    }
    expect(existsSync(evidence)).toBe(false);
    expectUntouched(machine, vault, ['data/storage']);
  });

  it('tells in every answer that APP_USER names an account which is not there, and comes up as root', async () => {
    machine = await SharedMachine.open(FLY);
    for (const path of [machine.data, machine.dbDir, machine.logDir, machine.tmp]) chownSync(path, 0, 0);
    const told =
      'Warning: APP_USER is "an-account-that-no-machine-has", and this machine has no such account: everything is done as root, and the application\'s own programs (bin/rails, bin/prerender) do not run\n';
    const { status, body } = await machine.post();
    expect([status, body]).toEqual([200, expect.stringContaining(told)]);
    expectInstalled(machine, indexWith('eve'));
    expect((await machine.post('state=1')).body).toContain(told);
    for (const name of ['start', 'ready', 'resume', 'idle', 'tenant-stop'] as const) {
      const { stdout } = await machine.program(name, { env: { RAILS_APP_DB: '2026-boston' } });
      expect([name, stdout]).toEqual([name, expect.stringContaining(told)]);
    }
    const { body: without } = await machine.post('', { env: { APP_USER: '' } });
    expect(without).not.toContain('no such account');
  });

  it('refuses a db dir of its own in a directory of somebody else’s', async () => {
    machine = await SharedMachine.open(FLY);
    const vault = new Vault(machine);
    chownSync(machine.dbDir, 0, 0);
    const set = await Traps.set({ path: machine.dbDir, evil: { link: vault.empty }, beside: 'file' });
    for (let round = 0; round < 2; round++) {
      const { status, body } = await machine.post();
      expect([status, body]).toEqual([500, expect.stringContaining('APP_USER')]);
    }
    await set.stop();
    expectUntouched(machine, vault);
  });
});

describe('Root in a db dir of its own, where the account is known,', () => {
  it('has neither root’s user nor root’s groups in a directory of the application’s', async () => {
    machine = await SharedMachine.open({});
    for (const path of [machine.data, machine.dbDir]) chownSync(path, 0, 0);
    const vault = new Vault(machine);
    asApplication('rm -rf "$1"/tenants; ln -s "$2" "$1"/tenants', machine.logDir, vault.group);
    machine.env['RAILS_LOG_VOLUME'] = join(machine.logDir, 'tenants');
    expect((await machine.post()).status).toBe(200);
    expectUntouched(machine, vault, ['data/log', 'data/storage']);
  });
});

function plant(shared: SharedMachine, name: string, evidence: string): void {
  shared.write(
    join(shared.appRoot, name),
    `#!/bin/sh\nfor script in db/migrate/*; do . ./"$script"; done; touch '${evidence}'\n`,
    0,
    0o755,
  );
}
