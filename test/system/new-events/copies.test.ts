/** An event that is new answers on the first request after the update: its database is there before Navigator hears of it. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { shareReadyStands } from '../../support/new-events/prepared.ts';
import { Stand, seeded } from '../../support/new-events/stand.ts';
import { recordCalls } from '../../support/system/strace.ts';

shareReadyStands();

const FIRST = { id: 1, date: '2026-05-01' };
const SECOND = { id: 2, studio: 'camden', key: 'gala', name: 'Winter Gala', date: 'May 2, 2026' } as const;
const THIRD = { id: 3, studio: 'sydney' } as const;

it('the ready hook seeds a database that it makes, and keeps a prepared one for later events', async () => {
  const stand = await Stand.open();
  await stand.publish(FIRST, SECOND, THIRD);
  expect((await stand.machine.post()).result.outcome).toBe('updated');
  expect(stand.exists('2026-boston')).toBe(false);
  const { exitCode, stdout } = await stand.hook();
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('2 prepared')]);
  expect(stand.content('2026-boston')).toEqual(seeded('Showcase', '2026-05-01'));
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
  expect(stand.exists('2026-sydney')).toBe(false);
  expect(stand.asked()).toEqual(['db:prepare template', 'db:seed template']);
  expect(stand.templates()).toEqual([expect.stringMatching(/^template-[0-9a-f]{16}\.sqlite3$/)]);
  stand.forget();
  await stand.hook();
  expect([stand.asked(), stand.litter()]).toEqual([[], []]);
});

it('the prepared database is made again if migrations or seed change, and the old one is removed', async () => {
  const stand = await Stand.ready([FIRST]);
  const [before] = stand.templates();
  writeFileSync(join(stand.machine.appRoot, 'db/migrate/20270101000000_more.rb'), '');
  await stand.hookHere();
  const [after, ...more] = stand.templates();
  expect([after === before, more]).toEqual([false, []]);
  writeFileSync(join(stand.machine.appRoot, 'db/seeds/generic.rb'), 'other');
  await stand.hookHere();
  expect(stand.templates()).toEqual([expect.not.stringMatching(after ?? '')]);
});

it('an update copies the prepared database for each new event of this region, with the values of a seed', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.publish(FIRST, SECOND, THIRD, {
    id: 4,
    studio: 'camden',
    key: 'odd',
    name: 'Odd',
    date: 'some day',
  });
  const { result, body } = await stand.machine.post();
  expect([result.outcome, result.warnings.filter(({ reason }) => reason.includes('database'))]).toEqual([
    'updated',
    [],
  ]);
  expect(body).toContain('databases of new events: 2 copied');
  expect(stand.content('2026-camden-gala')).toEqual(seeded('Winter Gala', 'May 2, 2026'));
  // The application refuses every change of an event with a date that it cannot read.
  expect(stand.content('2026-camden-odd')).toEqual(seeded('Odd', null));
  expect([stand.exists('2026-sydney'), stand.asked(), stand.litter()]).toEqual([false, [], []]);
  const like = (name: string) =>
    (({ mode, uid, gid }) => [mode & 0o7777, uid, gid])(statSync(stand.path(name)));
  expect(like('2026-camden-gala')).toEqual([0o644, 0, 0]);
  expect((await stand.hookHere()).stdout).toContain('3 unchanged');
});

it('a single event’s copy has its date, and the name that the seed gives', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.publish(FIRST, { id: 5, studio: 'camden', name: 'Not taken', date: '2026-06-01 - 2026-06-02' });
  await stand.updateHere();
  expect(stand.content('2026-camden')).toEqual(seeded('Showcase', '2026-06-01 - 2026-06-02'));
});

it('a copy is complete when navigator.yml is replaced, and showcases.yml is installed before it', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.publish(FIRST, SECOND);
  const calls = await recordCalls(stand.machine, {});
  const at = (pattern: RegExp) => calls.findIndex(({ text }) => pattern.test(text));
  const [exports, copy, navigator] = [
    at(/^rename\(.*showcases\.yml"/),
    at(/^fsync\(.*\.2026-camden-gala\.sqlite3\.[0-9a-f]{16}\.fetched/),
    at(/^rename\(.*config\/navigator\.yml"/),
  ];
  expect(exports).toBeGreaterThan(0);
  expect(copy).toBeGreaterThan(exports);
  expect(navigator).toBeGreaterThan(copy);
});

it('30 new events get their databases by copies alone', async () => {
  const stand = await Stand.ready([FIRST]);
  const many = Array.from(
    { length: 30 },
    (_, at) => ({ id: 10 + at, studio: 'camden', key: `e${at}` }) as const,
  );
  await stand.publish(FIRST, ...many);
  const { stdout: body, result } = await stand.updateHere();
  expect(body).toContain('databases of new events: 30 copied');
  expect(result.warningCount).toBe(0);
  for (const { key } of many) expect(stand.content(`2026-camden-${key}`).check).toBe('ok');
  expect(stand.asked()).toEqual([]);
});

it('an update without a new event asks the store for the index alone, and looks into no database', async () => {
  const stand = await Stand.ready([FIRST, SECOND]);
  await stand.publish({ ...FIRST, name: 'Renamed' }, SECOND);
  const calls = await recordCalls(stand.machine, {});
  const opened = calls.filter(({ name, text }) => name === 'openat' && text.includes('2026-'));
  expect(opened).toEqual([]);
});

it('a blank database that an application opened too early is filled in place', async () => {
  const stand = await Stand.ready([FIRST]);
  const early = openDatabase(stand.path('2026-camden-gala'));
  early.exec('PRAGMA journal_mode = WAL');
  await stand.publish(FIRST, SECOND);
  await stand.machine.post();
  expect(early.prepare('SELECT name FROM events').pluck().get()).toBe('Winter Gala');
  early.close();
});

it('an unchanged copy is not uploaded, and any database of the store replaces it', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.publish(FIRST, SECOND);
  await stand.updateHere();
  const idle = (stand_: Stand) =>
    stand_.machine.run([], { executable: `${import.meta.dirname}/../../../scripts/idle` });
  const first = await idle(stand);
  expect([first.exitCode, first.stdout.includes('uploaded,')]).toEqual([0, false]);
  const db = openDatabase(stand.path('2026-camden-gala'));
  db.exec("UPDATE events SET location = 'Hall'");
  db.close();
  expect((await idle(stand)).stdout).toMatch(/2026-camden-gala.*uploaded,.*new in the store/);
  // One of before the copy was made, by another machine, is not overwritten, and is not taken for older.
  const other = stand.path('2026-boston');
  const bytes = (await import('node:fs')).readFileSync(other);
  await stand.upload('2026-boston', bytes.subarray(), new Date('2025-01-01T00:00:00Z'));
  expect((await stand.hookHere()).stdout).toMatch(/2026-boston.*downloaded/);
});

it('two simultaneous requests make one copy', async () => {
  const stand = await Stand.ready([FIRST]);
  await stand.publish(FIRST, SECOND);
  const both = [new RunProcess(stand.machine), new RunProcess(stand.machine)];
  const answers = await Promise.all(both.map(({ answered }) => answered));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(stand.content('2026-camden-gala').check).toBe('ok');
});

it('something that is not a file, in the place of the new database, is a warning of the update', async () => {
  const stand = await Stand.ready([FIRST]);
  mkdirSync(stand.path('2026-camden-gala'));
  await stand.publish(FIRST, SECOND);
  const { warnings } = (await stand.updateHere()).result;
  expect(warnings.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^has no database 2026-camden-gala yet: .* is a directory$/),
  ]);
});
