import { describe, expect, it } from 'vitest';
import { BAD_PLACES } from '../../support/indexes/bad-values.ts';
import type { PlainRow } from '../../support/indexes/indexes.ts';
import { readTables } from '../../support/indexes/read.ts';

const fly = (code: string, latitude: number | null, longitude: number | null) => ({
  type: 'fly',
  code,
  location: code.toUpperCase(),
  latitude,
  longitude,
});

const REGIONS = [
  fly('syd', -33.9, 151.2),
  fly('iad', 39, -77.5),
  fly('nul', null, null),
  { ...fly('fsn', 50.5, 12.4), type: 'kamal' },
];

function regionOf(location: PlainRow, regions: readonly PlainRow[] = REGIONS): string | null | undefined {
  return readTables({ regions, locations: [{ key: 'x', name: 'X', ...location }], showcases: [] }).index
    .studios[0]?.region;
}

const at = (latitude: number | null, longitude: number | null) => ({ latitude, longitude });

describe('the region of a studio', () => {
  it('is its own if that is deployed, however far', () => {
    expect(regionOf({ region: 'syd', ...at(39, -77) })).toBe('syd');
    expect(regionOf({ region: 'nul', ...at(39, -77) })).toBe('nul');
    expect(regionOf({ region: 'syd', ...at(null, null) })).toBe('syd');
  });

  it('is the nearest where its own is not deployed, or there is none', () => {
    expect(regionOf({ region: 'fsn', ...at(50, 12) })).toBe('iad');
    expect(regionOf({ region: '', ...at(-37, 174) })).toBe('syd');
    expect(regionOf(at(40, -74))).toBe('iad');
  });

  it('is nearest over the globe, not on the map', () => {
    const regions = [fly('fji', -17.7, 178), fly('anc', 61, -150)];
    expect(regionOf(at(-14, -171), regions)).toBe('fji');
    expect(regionOf(at(89, 100), [fly('a', 60, 100), fly('b', 70, -80)])).toBe('b');
  });

  it('is the first by code where two are equally near', () => {
    const regions = [fly('b', 0, 10), fly('a', 0, -10), fly('B', 0, -10)];
    expect(regionOf(at(0, 0), regions)).toBe('B');
    expect(regionOf(at(0, 0), regions.slice(0, 2))).toBe('a');
  });

  it('is null without a place, and without deployed regions', () => {
    expect(regionOf(at(null, null))).toBeNull();
    expect(regionOf({ region: 'iad', ...at(40, -74) }, [])).toBeNull();
    expect(regionOf(at(40, -74), [fly('nul', null, null)])).toBeNull();
  });
});

describe('a studio', () => {
  const read = (row: PlainRow) =>
    readTables({ locations: [{ key: 'x', name: 'X', ...row }], showcases: [] }).index.studios[0];

  it.each([
    ['en_US', null],
    ['en-US', null],
    ['', null],
    [null, null],
    ['it_IT', 'it-IT'],
    ['en_AU', 'en-AU'],
    ['zh_Hant_TW', 'zh-Hant-TW'],
    ['de', 'de'],
    ['de_DE.UTF-8', null],
  ])('with the locale %j has %j', (locale, expected) => {
    expect(read({ locale })?.locale).toBe(expected);
  });

  it.each([
    ['arthur-murray-logo.gif', null],
    ['', null],
    [null, null],
    ['own logo.png', 'own logo.png'],
    ['东京.svg', '东京.svg'],
    ['a/b.png', null],
    ['..', null],
  ])('with the logo %j has %j', (logo, expected) => {
    expect(read({ logo })?.logo).toBe(expected);
  });

  it.each([
    'a',
    '80s',
    'st.louis',
    "o'fallon",
    'a+b',
    'santa_fe',
    '-',
    "'",
    '.hidden',
    'münchen',
    '東京',
    'я',
    'k'.repeat(94),
  ])('may have the key %s', (key) => {
    const { index, warnings } = readTables({ locations: [{ key, name: 'X' }], showcases: [] });
    expect(index.studios.map((studio) => studio.key)).toEqual([key]);
    expect(warnings).toEqual([]);
  });

  it('keeps its coordinates to the last digit, integers as well', () => {
    expect(read(at(39.030019100000004, -77.46964646557657))).toMatchObject({
      lat: 39.030019100000004,
      lon: -77.46964646557657,
    });
    expect(read(at(-90, 180))).toMatchObject({ lat: -90, lon: 180 });
  });

  it('keeps the one coordinate that it has, with a warning, and is near to no region', () => {
    const tables = { regions: REGIONS, locations: [{ key: 'x', name: 'X', ...at(39, null) }], showcases: [] };
    const { index, warnings } = readTables(tables);
    expect(index.studios[0]).toMatchObject({ lat: 39, lon: null, region: null });
    expect(warnings).toEqual([
      {
        table: 'locations',
        id: 1,
        row: 'studio x (locations 1)',
        reason: 'has a latitude only: it is on no map, and near to nothing',
      },
    ]);
  });

  it('occurs once, with the lowest id of the good rows', () => {
    const locations = [
      { key: 'x', name: Buffer.of(1) },
      { key: 'x', name: 'first', ...at(1, 1) },
      { key: 'x', name: 'second', ...at(2, 2) },
    ];
    const { index, warnings } = readTables({ locations, showcases: [] });
    expect(index.studios.map(({ id, name }) => [id, name])).toEqual([[2, 'first']]);
    expect(warnings.map(({ id }) => id)).toEqual([1, 3]);
  });
});

describe('a bad place', () => {
  const none = { lat: null, lon: null };

  it.each(BAD_PLACES)(
    'such as %s leaves a region deployed, the choice of studios, and near to none',
    (_, place) => {
      const locations = [
        { key: 'chosen', name: 'Chosen', region: 'lax', ...at(34, -118) },
        { key: 'near', name: 'Near', ...at(33.9, -118.4) },
      ];
      const lax = { ...fly('lax', 33.9, -118.4), ...place };
      const { index } = readTables({ regions: [...REGIONS, lax], locations, showcases: [] });
      expect(index.regions.find(({ code }) => code === 'lax')).toEqual({ code: 'lax', name: 'LAX', ...none });
      expect(index.studios.map(({ key, region }) => [key, region])).toEqual([
        ['chosen', 'lax'],
        ['near', 'iad'],
      ]);
    },
  );

  it.each(BAD_PLACES)('such as %s leaves a studio its events and its region', (_, place) => {
    const locations = [{ key: 'kobe', name: 'Kobe', region: 'syd', ...at(34.7, 135.2), ...place }];
    const { index } = readTables({ regions: REGIONS, locations });
    expect(index.studios).toMatchObject([{ key: 'kobe', region: 'syd', ...none }]);
    expect(index.years).toMatchObject([{ year: 2026, studios: [{ single: true, studio: { key: 'kobe' } }] }]);
  });
});

it('the regions of an index are the deployed ones, sorted by code in byte order', () => {
  const regions = [
    fly('b', 1, 2),
    fly('a', 3, 4),
    fly('B', null, null),
    { ...fly('c', 1, 1), type: 'kamal' },
  ];
  expect(readTables({ regions }).index.regions).toEqual([
    { code: 'B', name: 'B', lat: null, lon: null },
    { code: 'a', name: 'A', lat: 3, lon: 4 },
    { code: 'b', name: 'B', lat: 1, lon: 2 },
  ]);
});
