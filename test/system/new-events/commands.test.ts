/** Where there is no prepared database, the application's commands run under the update's lock, for a while and no longer. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { shareReadyStands } from '../../support/new-events/prepared.ts';
import { Stand, seeded } from '../../support/new-events/stand.ts';

shareReadyStands();

const FIRST = { id: 1, date: '2026-05-01' };
const GALA = { id: 2, studio: 'camden', key: 'gala', name: 'Winter Gala', date: 'May 2, 2026' } as const;
const BALL = { id: 3, studio: 'camden', key: 'ball', name: 'Spring Ball' } as const;
const CUP = { id: 4, studio: 'camden', key: 'cup', name: 'Cup' } as const;

/** The warnings of a run, which names them. */
async function update(stand: Stand): Promise<{ code: number; reasons: string[] }> {
  const { exitCode, result } = await stand.updateHere();
  return { code: exitCode, reasons: result.warnings.map(({ row, reason }) => `${row} ${reason}`) };
}

it('the prepared database is made once for all new events, by commands that see the new showcases.yml', async () => {
  const stand = await Stand.ready([FIRST]);
  stand.dropTemplate();
  await stand.publish(FIRST, GALA, BALL);
  const { body } = await stand.machine.post('', { env: { HTTP_PROXY: 'http://evil.example' } });
  expect(body).toContain('databases of new events: 2 copied');
  expect(stand.asked()).toEqual(['db:prepare template', 'db:seed template']);
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
  expect(stand.templates()).toHaveLength(1);
  expect(stand.litter()).toEqual([]);
  // What the request says of a proxy is for nobody else.
  expect(readFileSync(join(stand.machine.appRoot, 'tmp/rails/asked'), 'utf8')).not.toContain('evil');
});

it('without a prepared database the commands run for each event, and a failure is a warning for that event', async () => {
  const stand = await Stand.ready([FIRST]);
  stand.dropTemplate();
  stand.control('fail', 'template');
  stand.control('fail', '2026-camden-ball');
  await stand.publish(FIRST, GALA, BALL, CUP);
  const { code, reasons } = await update(stand);
  expect(code).toBe(0);
  expect(reasons).toEqual([
    'event 2026/camden/ball (showcases 3) has no database 2026-camden-ball yet: bin/rails db:prepare ended with exit code 3; its last words: it has no luck today',
  ]);
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
  expect(stand.content('2026-camden-cup')).toEqual(seeded('Cup', null));
  expect(stand.exists('2026-camden-ball')).toBe(false);
  expect(stand.machine.read('navigator.yml')).toContain('2026/camden/ball');
});

it('commands that take too long are ended within the time for all events together, and navigator.yml is installed', async () => {
  const stand = await Stand.ready([FIRST], { UPDATE_CONFIG_PREPARE_TIMEOUT: '5' });
  stand.dropTemplate();
  for (const name of ['template', '2026-camden-gala', '2026-camden-ball']) stand.control('hang', name);
  await stand.publish(FIRST, GALA, BALL);
  const { code, reasons } = await update(stand);
  expect(code).toBe(0);
  const problem = /was ended after 5 s for all new events \(UPDATE_CONFIG_PREPARE_TIMEOUT\)/;
  expect(reasons).toEqual([expect.stringMatching(problem), expect.stringMatching(problem)]);
  // Once, for the prepared one: no time was left for any other.
  expect(stand.asked()).toEqual(['db:prepare template']);
  expect(stand.machine.read('navigator.yml')).toContain('2026/camden/gala');
  expect(stand.litter().filter((name) => name !== 'new-events.json')).toEqual([]);
});

it('a prepared database that was changed by hand, and would run code, is not used', async () => {
  const stand = await Stand.ready([FIRST]);
  const [name = ''] = stand.templates();
  const db = openDatabase(join(stand.machine.dbDir, '.update_config', name));
  db.exec('CREATE TRIGGER evil AFTER UPDATE ON events BEGIN DELETE FROM levels; END');
  db.close();
  await stand.publish(FIRST, GALA);
  expect((await stand.updateHere()).stdout).toContain('databases of new events: 1 made');
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
});

it('a prepared database that is damaged, or of other migrations, is made again', async () => {
  const stand = await Stand.ready([FIRST]);
  const [name = ''] = stand.templates();
  writeFileSync(join(stand.machine.dbDir, '.update_config', name), 'no database');
  await stand.publish(FIRST, GALA);
  expect((await stand.updateHere()).stdout).toContain('databases of new events: 1 copied');
  writeFileSync(join(stand.machine.appRoot, 'db/migrate/20270101000000_more.rb'), '');
  stand.forget();
  await stand.publish(FIRST, GALA, BALL);
  await stand.updateHere();
  expect(stand.content('2026-camden-ball').migrations).toHaveLength(3);
  expect(stand.asked()).toEqual(['db:prepare template', 'db:seed template']);
});

it('an application without a seed command gets no seed, and one without migrations no database', async () => {
  const stand = await Stand.ready([FIRST], { READY_SEED_COMMAND: 'off' });
  await stand.publish(FIRST, GALA);
  expect((await stand.updateHere()).stdout).toContain('databases of new events: 1 copied');
  expect(stand.content('2026-camden-gala')).toMatchObject({ events: [], studios: 0 });
  expect(stand.asked()).toEqual([]);
  const { removeTree } = await import('../../../src/rights/files.ts');
  removeTree(join(stand.machine.appRoot, 'db/migrate'));
  await stand.publish(FIRST, GALA, BALL);
  const { result } = await stand.updateHere();
  expect([result.outcome, result.warningCount, stand.exists('2026-camden-ball')]).toEqual([
    'updated',
    0,
    false,
  ]);
});

it('the ready hook seeds a migrated database whose table events is empty', async () => {
  const stand = await Stand.ready([FIRST]);
  const db = openDatabase(stand.path('2026-boston'));
  db.exec("DELETE FROM events; DELETE FROM schema_migrations WHERE version LIKE '2026%'");
  db.close();
  await stand.hookHere();
  expect(stand.asked()).toEqual(['db:prepare 2026-boston', 'db:seed 2026-boston']);
  expect(stand.content('2026-boston')).toEqual(seeded('Showcase', '2026-05-01'));
});

it('a prepared database that cannot be made is a warning of the ready hook, not a failure', async () => {
  const stand = await Stand.ready([FIRST]);
  stand.dropTemplate();
  stand.control('fail', 'template');
  const { exitCode, stdout } = await stand.hookHere();
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringContaining('no prepared database could be made, so new events take longer'),
  ]);
  expect(stand.asked()).toEqual(['db:prepare template']);
});

it.each([
  ['with several rows', "INSERT INTO events (name, created_at) VALUES ('Second', 1)"],
  [
    'with an index by a collation of the application’s',
    `CREATE INDEX by_name ON events (name); PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = replace(sql, '(name)', '(name COLLATE ours)') WHERE name = 'by_name'`,
  ],
])('a prepared database %s is not used, since its seed must name the event', async (_what, sql) => {
  const stand = await Stand.ready([FIRST]);
  const [name = ''] = stand.templates();
  const db = openDatabase(join(stand.machine.dbDir, '.update_config', name));
  db.unsafeMode(true);
  db.exec(sql);
  db.close();
  await stand.publish(FIRST, GALA);
  const { stdout: body, result } = await stand.updateHere();
  expect([result.warningCount, body]).toEqual([0, expect.stringContaining('new events: 1 made')]);
  expect(stand.content('2026-camden-gala').events).toMatchObject([{ name: GALA.name }]);
});
