import fc from 'fast-check';
import { SAMPLE_HASHES } from '../../../dev/sample/people.ts';
import {
  buildDatabase,
  type Cell,
  type PlainRow,
  type TableName,
  type Tables,
} from '../../../dev/sample/schema.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { anyText } from '../properties/any-text.ts';
import { HOSTILE_KEYS, HOSTILE_LINES } from './hostile.ts';

export type { PlainRow, Tables };

const HASHES = Object.values(SAMPLE_HASHES);
export const HASH = HASHES[0] ?? '';

/** One administrator, one region, one studio with one event: an index that is small and sound. Ids are 1. */
export const SOUND: Required<Tables> = {
  users: [{ id: 1, userid: 'ada', password: `ada:${HASH}`, email: 'ada@example.com', sites: 'index' }],
  regions: [{ id: 1, type: 'fly', code: 'iad', location: 'Ashburn', latitude: 39, longitude: -77.5 }],
  locations: [{ id: 1, key: 'boston', name: 'Boston', latitude: 42.4, longitude: -71.1 }],
  showcases: [{ id: 1, year: 2026, key: 'showcase', name: 'Showcase', order: 1, location_id: 1 }],
};

/** The image of an index with these rows; a table that is not given holds what `SOUND` does. */
export function buildIndex(tables: Tables = {}, schema?: readonly string[]): Buffer {
  return buildDatabase({ ...SOUND, ...tables }, schema);
}

/** The same tables without types, so that every cell stays what it was written as. */
export const TYPELESS: readonly string[] = [
  'CREATE TABLE users (id integer primary key, userid, password, email, name1, name2, sites)',
  'CREATE TABLE locations (id integer primary key, key, name, latitude, longitude, region, locale, logo)',
  'CREATE TABLE showcases (id integer primary key, location_id, year, key, name, date, "order")',
  'CREATE TABLE regions (id integer primary key, type, code, location, latitude, longitude)',
];

/** The image of `SOUND` with some rows more. */
export function soundWith(more: Tables): Buffer {
  const tables = Object.entries(SOUND).map(([name, rows]) => [
    name,
    [...rows, ...(more[name as TableName] ?? [])],
  ]);
  return buildDatabase(Object.fromEntries(tables) as Tables);
}

/** An image after some SQL. */
export function altered(image: Buffer, ...statements: string[]): Buffer {
  const db = openDatabase(image);
  try {
    db.unsafeMode();
    for (const statement of statements) db.exec(statement);
    return db.serialize();
  } finally {
    db.close();
  }
}

const YEARS = [2022, 2024, 2025, 2026];

const word = fc.string({ unit: fc.constantFrom(...'abcdABCD0123éЖ漢'), minLength: 1, maxLength: 4 });

/** A good key: words with a single separator between them. */
function keys(separators: readonly string[]): fc.Arbitrary<string> {
  const tail = fc.array(fc.tuple(fc.constantFrom(...separators), word), { maxLength: 2 });
  return fc.tuple(word, tail).map(([first, rest]) => first + rest.flat().join(''));
}

const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => `N${text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '')}`);
const latitudes = fc.double({ min: -90, max: 90, noNaN: true });
const longitudes = fc.double({ min: -180, max: 180, noNaN: true });

const places = fc.oneof(
  { weight: 4, arbitrary: fc.record({ latitude: latitudes, longitude: longitudes }) },
  { weight: 1, arbitrary: fc.constant({ latitude: null, longitude: null }) },
);

const goodRegions = fc.uniqueArray(
  fc.tuple(fc.constantFrom('fly', 'fly', 'fly', 'kamal'), keys(['-']), names, places),
  { selector: ([, code]) => code, maxLength: 6 },
);

const goodStudios = fc.uniqueArray(
  fc.record({
    // No hyphens: `a-b` and `a` could end up with one database.
    key: keys(['.', '_', "'", '+']),
    name: names,
    place: places,
    region: fc.option(fc.nat({ max: 9 })),
    locale: fc.constantFrom(null, '', 'en_US', 'en-US', 'it_IT', 'zh_Hant_TW'),
    logo: fc.constantFrom(null, '', 'arthur-murray-logo.gif', 'own logo.png', 'лого.svg'),
  }),
  { selector: ({ key }) => key, maxLength: 8 },
);

const goodEvents = fc.uniqueArray(
  fc.record({
    studio: fc.nat({ max: 7 }),
    year: fc.constantFrom(...YEARS),
    key: fc.oneof(fc.constant('showcase'), keys(['-', '.', '_', "'", '+'])),
    name: names,
    date: fc.constantFrom(null, '', '2026-05-01 - 2026-05-02', 'Saturday, June 11'),
    order: fc.option(fc.integer({ min: -3, max: 30 })),
  }),
  { selector: ({ studio, year, key }) => `${studio}/${year}/${key}`, maxLength: 25 },
);

const goodUsers = fc.uniqueArray(fc.tuple(keys(['.', '-', ' ', '@']), fc.nat({ max: HASHES.length })), {
  selector: ([userid]) => userid,
  maxLength: 8,
});

/** Whole indexes with nothing to object to: read without a warning, and every row is in the result. */
export function goodTables(): fc.Arbitrary<Required<Tables>> {
  return fc
    .tuple(goodUsers, goodRegions, goodStudios, goodEvents)
    .map(([users, regions, studios, events]) => ({
      users: [
        ...SOUND.users,
        ...users
          .filter(([userid]) => userid !== 'ada')
          .map(([userid, kind]) => ({
            userid,
            password: HASHES[kind] === undefined ? null : `${userid}:${HASHES[kind]}`,
            sites: studios.length > 0 ? ` ${studios[kind % studios.length]?.name ?? ''} ,` : null,
          })),
      ],
      regions: regions.map(([type, code, location, place]) => ({ type, code, location, ...place })),
      locations: studios.map(({ place, region, ...rest }) => ({
        ...rest,
        ...place,
        region: region === null ? null : (regions[region]?.[1] ?? 'elsewhere'),
      })),
      showcases: events
        .filter(({ studio }) => studio < studios.length)
        .map(({ studio, ...rest }) => ({ ...rest, location_id: studio + 1 })),
    }));
}

/** Anything that SQLite can hold. */
export const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  anyText({ maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
);

const fewKeys = fc.constantFrom('a', 'b', 'a-b', 'b-c', 'a-b-c', 'c', 'showcase', 'A', 'index');
const someKeys = fc.oneof(
  { weight: 6, arbitrary: fewKeys },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE_KEYS) },
  { weight: 1, arbitrary: keys(['-', '.', '+']) },
);

/** Mostly what belongs there, sometimes anything. */
function mostly(cells: fc.Arbitrary<Cell>): fc.Arbitrary<Cell> {
  return fc.oneof({ weight: 12, arbitrary: cells }, { weight: 1, arbitrary: anyCell });
}

function rows(columns: Record<string, fc.Arbitrary<Cell>>, maxLength: number): fc.Arbitrary<PlainRow[]> {
  const cells = Object.entries(columns).map(([name, arbitrary]) => {
    const any = mostly(arbitrary);
    // The only column that the application's schema does not let be null.
    return [name, name === 'location_id' ? any.filter((cell) => cell !== null) : any] as const;
  });
  return fc.array(fc.record(Object.fromEntries(cells)), { maxLength });
}

const someNames = fc.oneof(
  names,
  fc.constantFrom('', ' ', 'a\nb', `$\{database}`, '\0', 'x'.repeat(5000), '"', ': #'),
);

/**
 * Indexes with rows of every kind, good, bad and hostile: all of them validate, since the first user is sound.
 */
export function hostileTables(): fc.Arbitrary<Required<Tables>> {
  return fc.record({
    users: rows(
      {
        userid: fc.constantFrom('ada', 'bob', 'eve', ' bob', 'b:b', ''),
        password: fc.oneof(
          fc.constantFrom(`bob:${HASH}`, `eve:${HASH}`),
          fc.constantFrom(...HOSTILE_LINES.map(([, line]) => line)),
        ),
        sites: fc.constantFrom(null, '', ',,', 'index', 'Boston, Paris'),
      },
      6,
    ).map((users) => [...SOUND.users, ...users]),
    regions: rows(
      {
        type: fc.constantFrom('fly', 'kamal', 'FLY'),
        code: someKeys,
        location: someNames,
        latitude: latitudes,
        longitude: longitudes,
      },
      5,
    ),
    locations: rows(
      {
        key: someKeys,
        name: someNames,
        latitude: latitudes,
        longitude: longitudes,
        region: fewKeys,
        locale: fc.constantFrom(null, 'en_US', 'it_IT', '../x', 'a\nb'),
        logo: fc.constantFrom(null, 'x.png', '../x.png', `$\{x}`, 'a\0b'),
      },
      8,
    ),
    showcases: rows(
      {
        location_id: fc.integer({ min: 0, max: 9 }),
        year: fc.constantFrom(2025, 2026, 0, -1, 99999),
        key: someKeys,
        name: someNames,
        date: someNames,
        order: fc.integer({ min: 0, max: 3 }),
      },
      20,
    ),
  });
}
