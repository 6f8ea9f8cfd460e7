/** What root's config-update does with what an event's application has put in its way on the admin host. */
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Alike } from '../../support/rights/alike.ts';
import { OWN_SECRETS } from '../../support/rights/secrets.ts';
import { APPLICATION, type SharedMachine } from '../../support/rights/shared-machine.ts';

let machine: SharedMachine;
// Nobody there to be asked: what is done before that is enough.
const NOBODY = { FLEET_FLY_SOURCE: 'flyctl', FLY_CLI_PATH: '/bin/false' };
const alike = new Alike(
  async (machine) => {
    expect((await machine.post()).status).toBe(200);
  },
  { FLY_APP_NAME: null, FLY_REGION: null, FLY_MACHINE_ID: null, ...NOBODY },
);
beforeEach(async () => {
  ({ machine } = await alike.next());
});

it('root runs FLEET_BEFORE as the application for good, without secrets', async () => {
  const out = join(machine.make('data/evidence', APPLICATION), 'out');
  const script = `#!/bin/sh\ngrep -E '^(Uid|Gid|Groups):' /proc/self/status >'${out}'; env >>'${out}'\n`;
  machine.write(join(machine.appRoot, 'bin/before'), script, 0, 0o755);
  const { stdout } = await machine.program('config-update', { env: { FLEET_BEFORE: 'bin/before' } });
  expect(stdout).toContain('Running bin/before (FLEET_BEFORE)');
  const said = readFileSync(out, 'utf8');
  const ids = Array(4).fill(APPLICATION).join('\t');
  expect(said).toContain(`Uid:\t${ids}\nGid:\t${ids}\n`);
  for (const secret of Object.values(OWN_SECRETS)) expect(said).not.toContain(secret);
});

it('root takes a date from a database that the application can read, and none through a link to one of root’s', async () => {
  const [first, second] = databases();
  if (!first || !second) return expect.unreachable('two events are needed');
  const secret = openDatabase(join(machine.make('vault', 0, 0o700), 'secret.sqlite3'));
  secret.exec("CREATE TABLE events (date TEXT); INSERT INTO events VALUES ('2026-12-31')");
  secret.close();
  symlinkSync(join(machine.home, 'vault/secret.sqlite3'), join(machine.dbDir, `${first}.sqlite3`));
  machine.tenant(second);
  const { stdout } = await machine.program('config-update');
  expect(stdout).toMatch(new RegExp(`Note: no event date: .*${first}.*EACCES`));
  expect(stdout).toContain(`Date of ${second}: from none to "2026-05-01"`);
  expect(stdout).not.toContain('2026-12-31');
});

it('root keeps published indexes where the application cannot read them, and gives it back an index that is still its own', async () => {
  const path = join(machine.dbDir, 'index.sqlite3');
  const name = (to?: string): unknown => {
    const db = openDatabase(path);
    try {
      if (to !== undefined) db.prepare('UPDATE locations SET name = ? WHERE id = 1').run(to);
      return db.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
    } finally {
      db.close();
    }
  };
  const before = name();
  name('first change');
  await machine.program('config-update');
  name('second change');
  await machine.program('config-update');
  const { uid } = statSync(path);
  const { stdout } = await machine.program('config-update', { args: ['--undo'] });
  expect(stdout).toMatch(/^Published the index: /m);
  expect(name()).toBe('first change');
  expect(statSync(path).uid).toBe(uid);
  const kept = join(machine.trusted, 'published');
  const stats = readdirSync(kept).map((one) => statSync(join(kept, one)));
  expect(stats.map((one) => [one.uid, one.mode & 0o777])).toEqual(stats.map(() => [0, 0o600]));
  expect(stats.length).toBeGreaterThan(1);
  expect(readdirSync(join(machine.dbDir, '.update_config'))).not.toContain('published');
  expect(before).not.toBe('first change');
});

/** Names of the databases of the index's events. */
function databases(): string[] {
  return readFileSync(join(machine.tmp, 'tenants.list'), 'utf8')
    .split('\n')
    .map((path) => /([^/]+)\.sqlite3$/.exec(path)?.[1] ?? '')
    .filter((name) => /^\d{4}-/.test(name));
}
