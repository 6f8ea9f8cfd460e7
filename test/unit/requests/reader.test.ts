import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IndexReader } from '../../../src/requests/index-reader.ts';
import { sameAsLastYear } from '../../../src/requests/same-as-last-year.ts';
import { HASH } from '../../support/indexes/indexes.ts';
import { LiveIndex, ROWS } from '../../support/requests/live-index.ts';
import { failureOf } from '../../support/suite/failure.ts';

const many = (length: number) => ({
  ...ROWS,
  showcases: Array.from({ length }, (_, at) => ({
    id: at + 1,
    year: 2020 + (at % 5),
    key: `k${at}`,
    name: at % 2 === 0 ? `Ball ${at}` : `Ünder ${at}`,
    location_id: 1 + (at % 4),
    order: at,
  })),
});

describe.each(['migrated', 'sample', 'old'] as const)('rows of an index of the %s schema', (schema) => {
  it('are read as pages show them', async () => {
    const { reader } = new LiveIndex({ schema });
    const isOld = schema === 'old';
    expect(await reader.studio(1)).toMatchObject({
      key: 'boston',
      name: 'Boston',
      latitude: 42.4,
      locale: 'en_US',
      owner: isOld ? '' : 'olga',
      sisters: isOld ? [] : ['Cambridge'],
      trustLevel: 0,
      events: 1,
    });
    expect(await reader.event(1)).toMatchObject({
      path: '2026/boston',
      database: '2026-boston',
      studioName: 'Boston',
    });
    expect(await reader.event(3)).toMatchObject({
      path: '2026/salem/showcase',
      database: '2026-salem-showcase',
    });
    expect(await reader.event(2)).toMatchObject({ days: { from: '2026-06-13', to: '2026-06-13' } });
    expect(await reader.user(2)).toMatchObject({
      sites: ['Boston', 'Salem'],
      hasPassword: true,
      owns: isOld ? [] : ['boston'],
    });
    expect(await reader.region(1)).toMatchObject({ code: 'iad', studios: 1 });
    expect(await reader.user(99)).toBeNull();
  });

  it('never hold a hash', async () => {
    const { reader } = new LiveIndex({ schema });
    expect(JSON.stringify(await reader.users())).not.toContain(HASH);
  });
});

describe('lists', () => {
  it('have 50 rows a page, and the last page for one that is beyond it', async () => {
    const { reader } = new LiveIndex({ rows: many(120) });
    const pages = await Promise.all([1, 2, 3, 4, 0, -1, Number.NaN].map((page) => reader.events({ page })));
    expect(pages.map(({ rows, page }) => [rows.length, page])).toEqual([
      [50, 1],
      [50, 2],
      [20, 3],
      [20, 3],
      [50, 1],
      [50, 1],
      [50, 1],
    ]);
    expect(pages[0]).toMatchObject({ total: 120, pages: 3 });
  });

  it('are searched by words in any order and of either case', async () => {
    const { reader } = new LiveIndex({ rows: many(20) });
    expect((await reader.events({ text: 'ÜNDER boston' })).rows.map(({ name }) => name)).toEqual([]);
    expect((await reader.events({ text: '  CAMBRIDGE  üNDER 1 ' })).rows.map(({ id }) => id).sort()).toEqual([
      14, 18, 2,
    ]);
    expect((await reader.users({ text: 'OLGA example' })).rows.map(({ userid }) => userid)).toEqual(['olga']);
    expect((await reader.studios({ text: 'kob' })).rows.map(({ key }) => key)).toEqual(['kobe']);
    expect((await reader.regions({ text: 'tok' })).rows.map(({ code }) => code)).toEqual(['nrt']);
  });

  it('are filtered', async () => {
    const { reader } = new LiveIndex();
    expect((await reader.events({ year: 2026, studio: 'salem' })).rows.map(({ id }) => id)).toEqual([2, 3]);
    expect((await reader.studios({ region: '' })).rows.map(({ key }) => key)).toEqual([
      'boston',
      'cambridge',
    ]);
    expect((await reader.studios({ owner: 'sue' })).rows.map(({ key }) => key)).toEqual(['salem']);
    expect((await reader.users({ site: 'index' })).rows.map(({ userid }) => userid)).toEqual(['ada']);
    expect((await reader.users({ hasPassword: false })).rows.map(({ userid }) => userid)).toEqual(['nil']);
    expect((await reader.regions({ type: 'kamal' })).rows.map(({ code }) => code)).toEqual(['hel']);
  });

  it('of sites begin with index', async () => {
    expect(await new LiveIndex().reader.sites()).toEqual(['index', 'Boston', 'Cambridge', 'Kobe', 'Salem']);
  });
});

describe('the nearest region', () => {
  it('is that of a place, among those that serve studios', async () => {
    const { reader } = new LiveIndex();
    const places = [
      [42.4, -71.1],
      [34.7, 135.2],
      [60.2, 24.9],
    ] as const;
    const found = await Promise.all(places.map(([lat, lon]) => reader.nearestRegion(lat, lon)));
    expect(found).toEqual(['iad', 'nrt', 'iad']);
    expect(await new LiveIndex({ rows: { ...ROWS, regions: [] } }).reader.nearestRegion(0, 0)).toBeNull();
  });
});

describe('existing events of a studio', () => {
  it('come by year, so that nobody asks for one twice', async () => {
    const { reader } = new LiveIndex();
    const years = await reader.eventsOfStudio('salem');
    expect(years.map(({ year, events }) => [year, events.map(({ name }) => name)])).toEqual([
      [2026, ['Medal Ball', 'Showcase']],
    ]);
    expect(await reader.eventsOfStudio('cambridge')).toEqual([]);
  });

  it.each([
    [
      { name: 'Gala 2026', year: 2026, days: { from: '2026-03-06', to: '2026-03-07' } },
      { name: 'Gala 2027', firstDay: '2027-03-05', lastDay: '2027-03-06' },
    ],
    [
      { name: 'Gala', year: 2027, days: { from: '2027-12-31', to: '2028-01-02' } },
      { name: 'Gala', firstDay: '2028-12-29', lastDay: '2028-12-31' },
    ],
    [
      { name: '12026', year: 2026, days: { from: '2026-10-02', to: '2026-10-02' } },
      { name: '12026', firstDay: '2027-10-01', lastDay: '' },
    ],
    [
      { name: 'Gala', year: 2026, days: null },
      { name: 'Gala', firstDay: '', lastDay: '' },
    ],
    [
      { name: 'Gala', year: 2026, days: { from: '2026-05', to: '2026-05' } },
      { name: 'Gala', firstDay: '', lastDay: '' },
    ],
  ])('fill the form for next year: %j', (event, form) => {
    expect(sameAsLastYear(event)).toEqual(form);
    const weekdays = [event.days?.from, form.firstDay]
      .filter((day) => day?.length === 10)
      .map((day) => new Date(day ?? '').getUTCDay());
    expect(new Set(weekdays).size).toBeLessThan(2);
  });
});

describe('an index that cannot be read', () => {
  it('is missing', async () => {
    const index = new LiveIndex();
    rmSync(index.path);
    expect((await failureOf(() => index.reader.users())).code).toBe('index-missing');
    const edit = { kind: 'event', action: 'delete', id: 1, version: '' } as const;
    expect((await failureOf(() => index.editor.save(edit, { by: 'ada', publish: true }))).code).toBe(
      'index-missing',
    );
    expect(existsSync(index.path)).toBe(false);
  });

  it('is invalid where it is not a database, or lacks what every index has', async () => {
    const index = new LiveIndex();
    const edit = { kind: 'event', action: 'delete', id: 1, version: '' } as const;
    const save = () => index.editor.save(edit, { by: 'ada', publish: true });
    index.use((db) => db.exec('ALTER TABLE users DROP COLUMN sites'));
    expect((await failureOf(() => index.reader.users())).message).toContain(
      'table users has no column sites',
    );
    expect((await failureOf(save)).code).toBe('index-invalid');
    writeFileSync(index.path, 'this is not a database, however long it may be'.repeat(100));
    expect((await failureOf(() => index.reader.users())).code).toBe('index-invalid');
    expect((await failureOf(save)).code).toBe('index-invalid');
  });

  it('is invalid where a view stands in the place of a table', async () => {
    const index = new LiveIndex({ schema: 'sample' });
    index.use((db) => db.exec('DROP TABLE regions; CREATE VIEW regions AS SELECT 1 AS id'));
    expect((await failureOf(() => index.reader.regions())).message).toContain(
      'regions is not an ordinary table',
    );
  });

  it('is not written where a trigger would run', async () => {
    const index = new LiveIndex();
    index.use((db) => db.exec('CREATE TRIGGER t AFTER INSERT ON Showcases BEGIN DELETE FROM users; END'));
    const form = { name: 'Gala', firstDay: '2027-03-05', lastDay: '' };
    const edit = { kind: 'event', action: 'request', studio: 'boston', form } as const;
    const failure = await failureOf(() => index.editor.save(edit, { by: 'ada', publish: true }));
    expect([failure.code, index.rows('users').length]).toEqual(['check-failed', 4]);
  });

  it('is left as it is by reading, byte for byte', async () => {
    const index = new LiveIndex({ journal: 'wal' });
    const before = readFileSync(index.path);
    await new IndexReader(join(index.home, 'index.sqlite3')).users();
    expect(readFileSync(index.path).equals(before)).toBe(true);
  });
});
