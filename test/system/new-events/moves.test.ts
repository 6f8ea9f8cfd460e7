/** An event whose path changes brings its database along: only the index that is replaced knows the name it had before. */
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { databaseKey } from '../../../src/bucket/object-names.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { aside, change, IMPATIENT, locationOf, ONE, TWO } from '../../support/new-events/moving.ts';
import { shareReadyStands } from '../../support/new-events/prepared.ts';
import { Stand, seeded } from '../../support/new-events/stand.ts';

shareReadyStands();

const IDLE = join(import.meta.dirname, '../../../scripts/idle');

it('a second event of its studio gives the first another name, and its database goes along', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Ballroom');
  const modified = stand.modified('2026-boston');
  await stand.publish(ONE, TWO);
  const { body, result } = await stand.machine.post();
  expect(body).toContain('databases of new events: 1 copied, 1 brought along');
  expect(result.warningCount).toBe(0);
  expect(locationOf(stand, '2026-boston-showcase')).toBe('Ballroom');
  expect(stand.modified('2026-boston-showcase')).toEqual(modified);
  expect(stand.content('2026-boston-gala')).toEqual(seeded('Winter Gala', null));
  // Until Navigator has reloaded the event is served under its old name.
  expect(stand.exists('2026-boston')).toBe(true);
  await stand.hook();
  expect([stand.exists('2026-boston'), aside(stand).length, stand.litter()]).toEqual([false, 1, []]);
  expect((await stand.hook()).stdout).toContain('2 unchanged');
});

it('the database of an event goes back to its first name when the second event is removed', async () => {
  const stand = await Stand.ready([ONE]);
  await stand.publish(ONE, TWO);
  await stand.updateHere();
  await stand.hookHere();
  change(stand, '2026-boston-showcase', 'Hall');
  await stand.publish(ONE);
  expect((await stand.updateHere()).stdout).toContain('databases of new events: 1 brought along');
  expect(locationOf(stand, '2026-boston')).toBe('Hall');
});

it.each(['delete', 'wal'])(
  'a moved database has the changes of an open writer, also those in its log (%s)',
  async (mode) => {
    const stand = await Stand.ready([ONE]);
    const writer = openDatabase(stand.path('2026-boston'));
    writer.exec(
      `PRAGMA journal_mode = ${mode}; PRAGMA wal_autocheckpoint = 0; UPDATE events SET location = 'One'`,
    );
    await stand.publish({ ...ONE, key: 'renamed' });
    expect((await stand.machine.post()).body).toContain('1 brought along');
    expect(locationOf(stand, '2026-boston-renamed')).toBe('One');
    // Written between the copy and the reload: the ready hook brings it along.
    writer.exec("UPDATE events SET location = 'Two'");
    expect((await stand.hook()).stdout).toContain(
      'what was written under its old name, 2026-boston, came along',
    );
    expect(locationOf(stand, '2026-boston-renamed')).toBe('Two');
    writer.close();
    expect([stand.exists('2026-boston'), stand.litter()]).toEqual([false, []]);
  },
);

it('a late change of the old database is reported and kept', async () => {
  const stand = await Stand.ready([ONE]);
  await stand.publish({ ...ONE, key: 'renamed' });
  await stand.updateHere();
  change(stand, '2026-boston', 'Old');
  change(stand, '2026-boston-renamed', 'New');
  const { exitCode, stdout } = await stand.hookHere();
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringMatching(/which was written to afterwards; what it held last is kept as/),
  ]);
  expect(locationOf(stand, '2026-boston-renamed')).toBe('New');
  const [kept = ''] = aside(stand);
  const db = openDatabase(join(stand.machine.dbDir, kept), { readonly: true });
  expect(db.prepare('SELECT location FROM events').pluck().get()).toBe('Old');
  db.close();
  expect((await stand.hookHere()).exitCode).toBe(0);
});

it('a process that still has the old database open cannot change it unseen', async () => {
  const stand = await Stand.ready([ONE]);
  const writer = openDatabase(stand.path('2026-boston'));
  writer.prepare('SELECT count(*) FROM events').get();
  await stand.publish({ ...ONE, key: 'renamed' });
  await stand.machine.post();
  await stand.hook();
  expect(() => writer.exec("UPDATE events SET location = 'Late'")).toThrow(/readonly/);
  writer.close();
});

it('a moved database is uploaded under its new name, over that of an earlier event of the name', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Ballroom');
  await stand.upload(
    '2026-boston-renamed',
    readFileSync(stand.path('2026-boston')).subarray(),
    new Date('2025-01-01T00:00:00Z'),
  );
  change(stand, '2026-boston', 'Ballroom 2');
  await stand.publish({ ...ONE, key: 'renamed' });
  expect((await stand.updateHere()).stdout).toContain('1 brought along');
  await stand.hookHere();
  expect(locationOf(stand, '2026-boston-renamed')).toBe('Ballroom 2');
  expect((await stand.machine.run([], { executable: IDLE })).stdout).toMatch(
    /2026-boston-renamed.*uploaded,/,
  );
});

it('a machine without the moved database fetches it from the store under its old name', async () => {
  const other = await Stand.ready([ONE]);
  change(other, '2026-boston', 'Elsewhere');
  const bytes = readFileSync(other.path('2026-boston'));
  const stand = await Stand.ready([
    { ...ONE, studio: 'sydney' },
    { ...TWO, studio: 'camden' },
  ]);
  await stand.upload('2026-sydney', bytes, new Date('2026-01-03T00:00:00Z'));
  // To another studio, in this machine's region.
  await stand.publish({ ...ONE, studio: 'boston' }, { ...TWO, studio: 'camden' });
  expect((await stand.updateHere()).stdout).toContain('1 downloaded');
  expect(locationOf(stand, '2026-boston')).toBe('Elsewhere');
  expect((await stand.machine.run([], { executable: IDLE })).stdout).toMatch(/2026-boston.*uploaded,/);
  expect((await stand.published.store.head(databaseKey('2026-boston'))).kind).toBe('found');
});

it('the newer one counts of the old database here and the new one in the store', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Here');
  const bytes = readFileSync(stand.path('2026-boston'));
  const past = new Date('2026-01-01T00:00:00Z');
  utimesSync(stand.path('2026-boston'), past, past);
  await stand.upload('2026-boston-renamed', bytes, new Date('2026-02-01T00:00:00Z'));
  await stand.publish({ ...ONE, key: 'renamed' });
  expect((await stand.updateHere()).stdout).toContain('1 downloaded');
  expect(stand.modified('2026-boston-renamed')).toEqual(new Date('2026-02-01T00:00:00Z'));
});

it('the database on this machine is brought along even while the store is down', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Here');
  await stand.publish({ ...ONE, key: 'renamed' });
  const { startFaultProxy } = await import('../../support/store/fault-proxy.ts');
  const proxy = await startFaultProxy(stand.published.settings.endpoint);
  proxy.plan(({ path }) => (path.includes('/db/2026-') ? { kind: 'answer', status: 403 } : undefined));
  const { body } = await stand.machine.post('', { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } });
  await proxy.close();
  expect(body).toContain('1 brought along');
  expect(locationOf(stand, '2026-boston-renamed')).toBe('Here');
});

it('a database that an update could not bring along is brought by the ready hook, and not made again', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Here');
  const holder = openDatabase(stand.path('2026-boston'));
  holder.exec('BEGIN EXCLUSIVE');
  await stand.publish({ ...ONE, key: 'renamed' });
  const { result } = await stand.machine.post('', IMPATIENT);
  expect([result.outcome, result.warningCount, stand.exists('2026-boston-renamed')]).toEqual([
    'updated',
    1,
    false,
  ]);
  holder.exec('ROLLBACK');
  holder.close();
  expect((await stand.hook(['--only', 'tenants', '--dry-run'])).stdout).toContain(
    'would be brought along from 2026-boston',
  );
  expect((await stand.hook()).stdout).toContain('brought along from 2026-boston');
  expect(locationOf(stand, '2026-boston-renamed')).toBe('Here');
});

it('an event that changes its path twice before its database came along gets the first one', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Here');
  const holder = openDatabase(stand.path('2026-boston'));
  holder.exec('BEGIN EXCLUSIVE');
  await stand.publish({ ...ONE, key: 'second' });
  await stand.machine.post('', IMPATIENT);
  holder.exec('ROLLBACK');
  holder.close();
  expect(stand.exists('2026-boston-second')).toBe(false);
  await stand.publish({ ...ONE, key: 'third' });
  expect((await stand.machine.post()).body).toContain('1 brought along');
  expect(locationOf(stand, '2026-boston-third')).toBe('Here');
  await stand.hook();
  expect([stand.exists('2026-boston'), stand.litter()]).toEqual([false, []]);
});

it('a rollback brings a moved database back', async () => {
  const stand = await Stand.ready([ONE]);
  await stand.publish({ ...ONE, key: 'renamed' });
  await stand.updateHere();
  await stand.hookHere();
  change(stand, '2026-boston-renamed', 'Since');
  const { exitCode, stdout } = await stand.updateHere('rollback');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('1 brought along')]);
  expect(locationOf(stand, '2026-boston')).toBe('Since');
});
