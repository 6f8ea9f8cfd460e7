import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Tables } from '../../../dev/sample/schema.ts';
import { keyProblem } from '../../../src/index/keys.ts';
import { readMachineDays } from '../../../src/index/read-dates.ts';
import { dateText, nextYear, overlap, readFormDays } from '../../../src/requests/event-days.ts';
import { freeKey, keyFromName } from '../../../src/requests/event-key.ts';
import { Problems } from '../../../src/requests/form-text.ts';
import type { Edit, NewChange } from '../../../src/requests/request-model.ts';
import { anyText } from '../../support/properties/any-text.ts';
import { plansOf, showsOf } from '../../support/properties/plans.ts';
import { BY_ADA, eventForm, LiveIndex, studioForm, userForm } from '../../support/requests/live-index.ts';

// Each case writes to a file, with flushes.
vi.setConfig({ testTimeout: 180_000 });

const SCRIPTS = [
  'Осень',
  '舞踏会',
  'كرة',
  'Ñandú',
  'ball',
  'Ball',
  '1',
  ',',
  '-',
  '.',
  '💃',
  ' ',
  'ß',
  'ŁÓDŹ',
  'showcase',
  'İ',
];
const names = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  anyText({ maxLength: 30 }),
  fc.array(fc.constantFrom(...SCRIPTS), { maxLength: 12 }).map((parts) => parts.join('')),
);
const days = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-11-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const lengths = fc.nat({ max: 30 });
const later = (day: string, length: number): string =>
  new Date(Date.parse(day) + length * 86_400_000).toISOString().slice(0, 10);

describe('the key of any name', () => {
  it('is empty or one that the index accepts, and the same for the same name in another form of Unicode', () => {
    fc.assert(
      fc.property(names, (name) => {
        const key = keyFromName(name);
        expect(key).toMatch(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/);
        if (key !== '') expect(keyProblem(key)).toBeNull();
        expect(keyFromName(name.normalize('NFD'))).toBe(keyFromName(name.normalize('NFC')));
        expect(keyFromName(key)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  it('is one that is free, however many are taken', () => {
    fc.assert(
      fc.property(names, fc.nat({ max: 30 }), (name, count) => {
        const taken = new Set<string>();
        for (let at = 0; at <= count; at++) {
          const key = freeKey(keyFromName(name), 'event', (one) => taken.has(one));
          expect([taken.has(key), keyProblem(key)]).toEqual([false, null]);
          taken.add(key);
        }
      }),
    );
  });
});

describe('any days', () => {
  it('are written so that they are read again', () => {
    fc.assert(
      fc.property(days, lengths, (from, length) => {
        const problems = new Problems();
        const read = readFormDays(from, later(from, length), problems);
        expect(problems.list).toEqual([]);
        const text = read === null ? '' : dateText(read);
        expect(readMachineDays(text)).toEqual({ from, to: later(from, length) });
        expect(text.includes(' - ')).toBe(length > 0);
      }),
    );
  });

  it('are on the same weekdays 52 weeks later, and as many', () => {
    fc.assert(
      fc.property(days, lengths, (from, length) => {
        const next = nextYear({ from, to: later(from, length) });
        expect(next).toEqual({ from: later(from, 364), to: later(from, 364 + length) });
        expect(new Date(next?.from ?? '').getUTCDay()).toBe(new Date(from).getUTCDay());
      }),
    );
  });

  it('overlap others exactly where they have a day in common', () => {
    fc.assert(
      fc.property(days, lengths, fc.integer({ min: -40, max: 40 }), lengths, (from, length, apart, other) => {
        const listed = (start: string, count: number) =>
          Array.from({ length: count + 1 }, (_, at) => later(start, at));
        const second = later(from, apart);
        const common = listed(from, length).some((day) => listed(second, other).includes(day));
        const a = { from, to: later(from, length) };
        const b = { from: second, to: later(second, other) };
        expect([overlap(a, b), overlap(b, a)]).toEqual([common, common]);
      }),
    );
  });
});

/** The four tables of an index, with the columns that a configuration is made from. */
function tablesOf(index: LiveIndex): Required<Tables> {
  const read = (table: 'users' | 'locations' | 'showcases' | 'regions', columns: string) =>
    index.use((db) => db.prepare(`SELECT ${columns} FROM ${table}`).all() as never[]);
  return {
    users: read('users', 'id, userid, password, email, name1, name2, sites'),
    locations: read('locations', 'id, key, name, latitude, longitude, region, locale, logo'),
    showcases: read('showcases', 'id, location_id, year, key, name, date, "order"'),
    regions: read('regions', 'id, type, code, location, latitude, longitude'),
  };
}

describe('events of any names', () => {
  it('are read by machines without a warning, and routed to', async () => {
    const index = new LiveIndex();
    let next = '2027-01-01';
    await fc.assert(
      fc.asyncProperty(names, fc.constantFrom('boston', 'kobe'), async (name, studio) => {
        next = later(next, 1);
        const form = { name, firstDay: next, lastDay: '' };
        const outcome = await index.editor.save({ kind: 'event', action: 'request', studio, form }, BY_ADA);
        const fields = outcome.kind === 'invalid' ? outcome.problems.map(({ field }) => field) : [];
        expect(fields.filter((field) => field !== 'name')).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(index.rows('showcases').length).toBeGreaterThan(100);
    expect(index.warnings()).toEqual([]);
    const { index: read, kamal } = plansOf(tablesOf(index));
    const shows = showsOf(read);
    expect(shows).toHaveLength(index.rows('showcases').length);
    for (const { scope, database } of shows) {
      expect(kamal.navigator.route(`${kamal.root}/${scope}/`)).toEqual({ kind: 'tenant', database });
    }
  });
});

const ids = fc.integer({ min: 1, max: 6 });
const someNames = fc.constantFrom(
  'Boston',
  'Gala',
  'Graz',
  'Ünder',
  'Medal Ball',
  'zoe',
  'index',
  'x,y',
  'Kobe',
);
const keys = fc.constantFrom('', 'showcase', 'gala', 'boston', 'kobe', 'a-b');
const events = fc.record({
  name: someNames,
  key: keys,
  studio: fc.constantFrom('boston', 'salem', 'graz'),
  firstDay: fc.constantFrom('2026-06-13', '2027-01-01', ''),
  lastDay: fc.constant(''),
});
const studios = fc.record({
  name: someNames,
  key: keys,
  owner: fc.constantFrom('', 'olga', 'zoe'),
  region: fc.constantFrom('', 'iad', 'fra'),
});
const users = fc.record({ userid: someNames, sites: fc.subarray(['index', 'Boston', 'Kobe', 'Graz']) });
const regions = fc.record({
  type: fc.constantFrom('fly', 'kamal'),
  code: fc.constantFrom('iad', 'fra', 'nrt'),
  location: fc.constant('X'),
  latitude: fc.constant('1'),
  longitude: fc.constant('1'),
});
const version = '';

const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  events.map((form): Edit => ({ kind: 'event', action: 'create', form: eventForm(form) })),
  fc
    .tuple(ids, events)
    .map(([id, form]): Edit => ({ kind: 'event', action: 'update', id, version, form: eventForm(form) })),
  ids.map((id): Edit => ({ kind: 'event', action: 'delete', id, version })),
  studios.map((form): Edit => ({ kind: 'studio', action: 'create', form: studioForm(form) })),
  fc
    .tuple(ids, studios)
    .map(([id, form]): Edit => ({ kind: 'studio', action: 'update', id, version, form: studioForm(form) })),
  ids.map((id): Edit => ({ kind: 'studio', action: 'delete', id, version })),
  users.map((form): Edit => ({ kind: 'user', action: 'create', form: userForm(form) })),
  fc
    .tuple(ids, users)
    .map(([id, form]): Edit => ({ kind: 'user', action: 'update', id, version, form: userForm(form) })),
  regions.map((form): Edit => ({ kind: 'region', action: 'create', form })),
  fc.tuple(ids, regions).map(([id, form]): Edit => ({ kind: 'region', action: 'update', id, version, form })),
  fc
    .tuple(ids, fc.constantFrom(null, '', 'iad'))
    .map(([id, studiosTo]): Edit => ({ kind: 'region', action: 'delete', id, version, studiosTo })),
);

describe('any edits', () => {
  it('leave an index in order and all other tables alone, and are undone one after another to the same rows', async () => {
    const own = ['users', 'locations', 'showcases', 'regions'];
    let saved = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEdit, { minLength: 3, maxLength: 10 }),
        fc.constantFrom('migrated', 'sample'),
        async (edits, schema) => {
          const index = new LiveIndex({ schema });
          const others = index.digest(...own);
          const states: { change: NewChange; before: string }[] = [];
          for (const edit of edits) {
            const before = index.digest();
            const row = 'version' in edit ? await index.reader[edit.kind](edit.id) : null;
            const outcome = await index.editor.save(
              { ...edit, version: row?.version ?? '' } as Edit,
              index.byAdministrator,
            );
            if (outcome.kind === 'saved') states.push({ change: index.log.last, before });
            else expect(index.digest()).toBe(before);
            expect(index.warnings()).toEqual([]);
          }
          expect(index.digest(...own)).toBe(others);
          saved += states.length;
          for (const { change, before } of states.reverse()) {
            expect(
              await index.editor.save({ kind: 'undo', of: change }, index.byAdministrator),
            ).toMatchObject({
              kind: 'saved',
            });
            expect(index.digest()).toBe(before);
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(saved).toBeGreaterThan(60);
  });
});
