/** Databases of events whose paths change once more, or are taken, before the ready hook has looked at what was left behind. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { aside, change, IMPATIENT, locationOf, ONE, TWO } from '../../support/new-events/moving.ts';
import { shareReadyStands } from '../../support/new-events/prepared.ts';
import { Stand } from '../../support/new-events/stand.ts';

shareReadyStands();

it('a ready hook that read the index before the update does not use the old database for an event', async () => {
  const CAMDEN = { ...TWO, studio: 'camden' } as const;
  const stand = await Stand.ready([ONE, CAMDEN]);
  const db = openDatabase(stand.path('2026-camden-gala'));
  db.exec('DELETE FROM schema_migrations WHERE version = 20260101000000');
  db.close();
  stand.control('hang', '2026-camden-gala');
  const hook = stand.hook();
  await vi.waitUntil(() => stand.asked().length > 0, 60_000);
  await stand.publish({ ...ONE, key: 'renamed' }, CAMDEN);
  expect((await stand.machine.post()).body).toContain('1 brought along');
  change(stand, '2026-boston', 'Late');
  stand.release('2026-camden-gala');
  expect((await hook).stdout).toContain('what was written under its old name, 2026-boston, came along');
  expect([locationOf(stand, '2026-boston-renamed'), stand.exists('2026-boston')]).toEqual(['Late', false]);
});

it('a directory in the place of the record of moves stops nothing else in the ready hook', async () => {
  const stand = await Stand.ready([ONE]);
  writeFileSync(join(stand.machine.dbDir, '.update_config/moves'), '');
  await stand.publish(ONE, { ...TWO, studio: 'camden' });
  await stand.updateHere();
  const { exitCode, stdout } = await stand.hookHere();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/Failed \(disk\): moves: cannot read .*\/moves: ENOTDIR/);
  expect(stdout).toContain('Summary: failed, 2 tenants unchanged, 1 tenant failed');
});

it.each(['an update', 'a rollback'])(
  '%s that brings a moved event back before the ready hook has run brings later changes along',
  async (how) => {
    const stand = await Stand.ready([ONE]);
    await stand.publish({ ...ONE, key: 'renamed' });
    await stand.updateHere();
    change(stand, '2026-boston-renamed', 'Since');
    await stand.publish(ONE);
    const { stdout } = await stand.updateHere(how === 'an update' ? 'update' : 'rollback');
    expect(stdout).toContain('1 brought along');
    expect(locationOf(stand, '2026-boston')).toBe('Since');
    expect((await stand.hookHere()).exitCode).toBe(0);
    expect([locationOf(stand, '2026-boston'), stand.exists('2026-boston-renamed'), stand.litter()]).toEqual([
      'Since',
      false,
      [],
    ]);
  },
);

it('an event that comes back, with an unchanged copy, keeps its first database', async () => {
  const stand = await Stand.ready([ONE]);
  await stand.publish({ ...ONE, key: 'renamed' });
  await stand.updateHere();
  change(stand, '2026-boston', 'Late');
  await stand.publish(ONE);
  expect((await stand.updateHere()).stdout).toContain('1 brought along');
  expect(locationOf(stand, '2026-boston')).toBe('Late');
  expect((await stand.hookHere()).exitCode).toBe(0);
  expect([locationOf(stand, '2026-boston'), aside(stand).length, stand.litter()]).toEqual(['Late', 1, []]);
});

it('a database that the update could not bring back is brought back by the ready hook', async () => {
  const stand = await Stand.ready([ONE]);
  await stand.publish({ ...ONE, key: 'renamed' });
  await stand.updateHere();
  change(stand, '2026-boston-renamed', 'Since');
  const holder = openDatabase(stand.path('2026-boston-renamed'));
  holder.exec('BEGIN EXCLUSIVE');
  await stand.publish(ONE);
  expect((await stand.machine.post('', IMPATIENT)).result.warningCount).toBe(1);
  holder.exec('ROLLBACK');
  holder.close();
  expect((await stand.hook()).stdout).toContain('brought along from 2026-boston-renamed');
  expect(locationOf(stand, '2026-boston')).toBe('Since');
});

it('a moved event whose old name another event gets at once has a copy, with a warning', async () => {
  const A = { id: 1, key: 'a', name: 'A' };
  const B = { id: 2, key: 'b', name: 'B' };
  const stand = await Stand.ready([A, B]);
  change(stand, '2026-boston-a', 'Of A');
  await stand.publish({ ...A, key: 'c' }, B, { id: 3, key: 'a', name: 'New' });
  const { warnings } = (await stand.updateHere()).result;
  expect(warnings.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
    'event 2026/boston/c (showcases 1) has brought its database along to 2026-boston-c; another event has the name 2026-boston-a now, and has the same content there',
  ]);
  expect(locationOf(stand, '2026-boston-c')).toBe('Of A');
  expect((await stand.hookHere()).exitCode).toBe(0);
  expect([locationOf(stand, '2026-boston-c'), aside(stand), stand.litter()]).toEqual(['Of A', [], []]);
});

it('invalid names in the record of owed databases do not prevent an event’s database', async () => {
  const stand = await Stand.ready([ONE]);
  const owed = { '2026-boston-gala': `2026-${'x'.repeat(300)}`, '2026-boston-showcase': '2026-\0' };
  writeFileSync(join(stand.machine.dbDir, '.update_config/new-events.json'), JSON.stringify(owed));
  await stand.publish(ONE, TWO);
  const { result } = await stand.machine.post();
  expect([result.warningCount, stand.exists('2026-boston-gala')]).toEqual([0, true]);
});
