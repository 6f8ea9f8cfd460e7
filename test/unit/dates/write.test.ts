import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { readDateText } from '../../../src/dates/date-cell.ts';
import type { DatedEvent } from '../../../src/dates/dated-event.ts';
import { readDateSettings } from '../../../src/dates/dates-settings.ts';
import { surveyDatabases } from '../../../src/dates/survey-databases.ts';
import { writeDates } from '../../../src/dates/write-dates.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dates-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  path = join(home, 'index.sqlite3');
  writeFileSync(
    path,
    buildIndex({
      locations: [1, 2].map((id) => ({ id, key: `s${id}`, name: 'S', latitude: 1, longitude: 1 })),
      showcases: [1, 2].map((id) => ({
        id,
        year: 2026,
        key: 'showcase',
        name: 'E',
        date: id === 1 ? null : '  1st  of May ',
        order: 1,
        location_id: id,
      })),
    }),
  );
});

const event = (id: number, more: Partial<DatedEvent> = {}): DatedEvent => ({
  id,
  key: 'showcase',
  year: 2026,
  studioId: id,
  database: `2026-s${id}`,
  path: join(home, `2026-s${id}.sqlite3`),
  date: null,
  ...more,
});
const wanted = (one: DatedEvent, date = '2026-05-01') => ({ event: one, date, stamp: 's' });
const dates = () => {
  const db = openDatabase(path);
  try {
    return db.prepare('SELECT date FROM showcases ORDER BY id').pluck().all();
  } finally {
    db.close();
  }
};

describe('dates that are taken into the index', () => {
  it('are written to the row of the same event, and report the old value', async () => {
    const written = await writeDates(path, [wanted(event(1)), wanted(event(2))]);
    expect(written.map(({ kind }) => kind)).toEqual(['taken', 'taken']);
    expect(written.map((one) => ('from' in one ? one.from : 'x'))).toEqual([null, '  1st  of May ']);
    expect(dates()).toEqual(['2026-05-01', '2026-05-01']);
  });

  it('are none if the index has them already, in spite of white space', async () => {
    const [one] = await writeDates(path, [wanted(event(2), '1st of May')]);
    expect([one?.kind, dates()[1]]).toEqual(['there', '  1st  of May ']);
  });

  it.each([{ key: 'other' }, { year: 2025 }, { studioId: 2 }, { id: 3 }])(
    'are not those of another event: %j',
    async (other) => {
      const [one] = await writeDates(path, [wanted(event(1, other))]);
      expect([one?.kind, dates()]).toEqual(['gone', [null, '  1st  of May ']]);
    },
  );

  it('are not written if a trigger would run', async () => {
    const db = openDatabase(path);
    db.exec('CREATE TRIGGER t AFTER UPDATE ON Showcases BEGIN DELETE FROM users; END');
    db.close();
    await expect(writeDates(path, [wanted(event(1))])).rejects.toMatchObject({ code: 'check-failed' });
    expect(dates()[0]).toBe(null);
  });
});

describe('a look at the databases of events', () => {
  const look = (events: readonly DatedEvent[], known = {}, signal = new AbortController().signal) =>
    surveyDatabases(events, known, 2 ** 20, signal, async () => {});
  const give = (one: DatedEvent, date: string | null) => {
    const db = openDatabase(one.path);
    db.exec('CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, date TEXT); DELETE FROM events');
    db.prepare('INSERT INTO events VALUES (1, ?)').run(date);
    db.close();
  };

  it('looks again at one that was locked just now, and not at one that is not a database', async () => {
    const [one, two] = [event(1), event(2)];
    give(one, null);
    writeFileSync(two.path, 'no database, and longer than a header of one '.repeat(20));
    const tenant = openDatabase(one.path);
    tenant.exec('BEGIN EXCLUSIVE');
    const found = await look([one, two]);
    tenant.close();
    expect([found?.unread, Object.keys(found?.seen ?? {})]).toEqual([2, [two.database]]);
  });

  it('wants new dates, and looks again at databases that it wanted or could not read just now', async () => {
    const [one, two, gone] = [event(1), event(2, { date: ' 2026-05-02 ' }), event(3)];
    give(one, '2026-05-01');
    give(two, '2026-05-02');
    const first = await look([one, two, gone]);
    expect(first).toMatchObject({ looked: 2, unread: 0, missing: 1 });
    expect(first?.wanted.map(({ event: { id }, date }) => [id, date])).toEqual([[1, '2026-05-01']]);
    expect(Object.keys(first?.seen ?? {})).toEqual(['2026-s2']);
    expect(first?.notes).toEqual(['no event date: 1 of 3 event databases are not on this host (2026-s3)']);
    const second = await look([two], first?.seen);
    expect(second).toMatchObject({ looked: 0, seen: first?.seen, notes: [] });
    const locked = openDatabase(one.path);
    locked.exec('BEGIN EXCLUSIVE');
    const third = await look([one]);
    locked.close();
    expect(third).toMatchObject({ looked: 1, unread: 1, seen: {}, wanted: [] });
  });

  it('does not look again at an unreadable database until it changes', async () => {
    const one = event(1);
    writeFileSync(one.path, 'no database at all '.repeat(99));
    const found = await look([one]);
    expect([found?.unread, Object.keys(found?.seen ?? {})]).toEqual([1, ['2026-s1']]);
  });

  it('does not report missing databases if there is none at all', async () => {
    expect((await look([event(1), event(2)]))?.notes).toEqual([]);
    const many = [4, 5, 6, 7].map((id) => event(id));
    give(event(1), null);
    expect((await look([event(1), ...many]))?.notes).toEqual([
      'no event date: 4 of 5 event databases are not on this host (2026-s4, 2026-s5, 2026-s6, ...)',
    ]);
  });

  it('ends when it is cancelled', async () => {
    give(event(1), null);
    expect(await look([event(1)], {}, AbortSignal.abort())).toBe(null);
  });
});

it('a date has at most 60 characters, and a day that the calendar has', () => {
  expect('date' in readDateText(`1${'x'.repeat(59)}`)).toBe(true);
  expect('problem' in readDateText(`1${'x'.repeat(60)}`)).toBe(true);
  for (const text of ['2026-02-28', '2024-02-29 - 2024-03-01', '12026-02-30', '2026-02-301'])
    expect([text, 'date' in readDateText(text)]).toEqual([text, true]);
  for (const text of ['2026-02-29', '2026-13-01', 'from 2026-05-01 to 2026-05-32', 'May', '1\u0000'])
    expect([text, 'problem' in readDateText(text)]).toEqual([text, true]);
});

it('dates are taken unless that is switched off', () => {
  const take = (text?: string) => readDateSettings(text === undefined ? {} : { FLEET_DATES: text }).take;
  expect([take(), take(''), take('on'), take('off')]).toEqual([true, true, true, false]);
  expect(() => take('no')).toThrow('FLEET_DATES');
});
