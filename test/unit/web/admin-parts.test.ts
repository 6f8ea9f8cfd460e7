import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventView } from '../../../src/requests/row-views.ts';
import { mergeTyped } from '../../../src/web/admin/merge-typed.ts';
import { unusedEvents } from '../../../src/web/admin/past-events.ts';
import { runsInTrouble } from '../../../src/web/admin/runs-in-trouble.ts';
import { halfFailed, told } from '../../support/runs/played-update.ts';
import { Rig } from '../../support/runs/rig.ts';

const event = (database: string, year: number, days: EventView['days'] = null): EventView => ({
  ...{
    id: 1,
    version: '',
    key: database,
    name: database,
    date: '',
    order: 1,
    studio: 'boston',
    studioName: 'Boston',
  },
  ...{ year, days, path: database, database },
});

describe('events that nobody used', () => {
  const used = event('used', 2020);
  const list = (...events: EventView[]) =>
    unusedEvents([used, ...events], new Set(['used']), '2027-03-15')?.map(({ database }) => database);

  it('are those that are over and have no database here', () => {
    const over = event('over', 2027, { from: '2027-03-13', to: '2027-03-14' });
    const today = event('today', 2027, { from: '2027-03-15', to: '2027-03-15' });
    expect(list(over, today)).toEqual(['over']);
  });

  it('are over with their month, or with their year, where nobody knows the days', () => {
    const month = event('month', 2027, { from: '2027-03', to: '2027-03' });
    const lastMonth = event('last-month', 2027, { from: '2027-02', to: '2027-02' });
    expect(list(month, lastMonth, event('year', 2027), event('last-year', 2026))).toEqual([
      'last-year',
      'last-month',
    ]);
  });

  it('cannot be told by a host without databases of events', () => {
    expect(unusedEvents([used], new Set(['index']), '2027-03-15')).toBeNull();
  });
});

describe('what two people typed', () => {
  const fields = [
    { name: 'a', label: 'A' },
    { name: 'b', label: 'B' },
    { name: 'c', label: 'C' },
  ];

  it('comes together: what was left alone follows the other, what was typed stays', () => {
    const base = { a: '1', b: '1', c: '1' };
    expect(
      mergeTyped(fields, { base, typed: { a: '1', b: '2', c: '2' }, theirs: { a: '3', b: '3', c: '1' } }),
    ).toEqual({
      values: { a: '3', b: '2', c: '2' },
      changes: [
        { label: 'A', was: '1', now: '3', typed: null },
        { label: 'B', was: '1', now: '3', typed: '2' },
      ],
    });
  });

  it('all stays as typed where nobody knows what the form began with', () => {
    const merged = mergeTyped(fields, { base: null, typed: { a: '1', b: '2' }, theirs: { a: '1', b: '3' } });
    expect(merged.values).toEqual({ a: '1', b: '2', c: '' });
    expect(merged.changes).toEqual([{ label: 'B', was: '', now: '3', typed: '2' }]);
  });
});

describe('runs in trouble', () => {
  let rig: Rig;

  beforeEach(() => {
    rig = new Rig();
  });
  afterEach(() => rig.close());

  const targets = () => runsInTrouble(rig.runs, 8).map(({ target }) => target);

  it('stay so while only other machines were updated, until theirs are', async () => {
    rig.played.play({ lines: told(halfFailed('unauthorized')), exit: 1 }, 1);
    rig.runs.start();
    const failed = await rig.reaches(rig.save('one'), 'failed');
    await rig.reaches(rig.save('two', { target: 'kamal' }), 'live');
    expect(targets()).toEqual(['fly']);
    rig.runs.retry(failed.id, 'bob');
    await rig.reaches(failed.id, 'live');
    expect(targets()).toEqual([]);
  });

  it('stay so where what went well had begun before they were asked for', async () => {
    rig.played.hold();
    rig.played.play({ lines: told(halfFailed('unauthorized')), exit: 1 }, 2);
    rig.runs.start();
    rig.save('one', { target: 'fly,kamal' });
    await rig.has('running', 1);
    const failed = rig.save('two');
    await rig.played.letGo();
    await rig.played.letGo();
    await rig.reaches(failed, 'failed');
    expect(targets()).toEqual(['fly']);
  });
});
