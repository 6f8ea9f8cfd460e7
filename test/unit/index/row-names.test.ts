import { describe, expect, it } from 'vitest';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { buildIndex, HASH, SOUND, type Tables, TYPELESS } from '../../support/indexes/indexes.ts';

/** How the warnings of an index call their rows, which all come after the sound ones. */
function rowsOf(tables: Tables): string[] {
  const all = Object.fromEntries(
    Object.entries(SOUND).map(([name, rows]) => [name, [...rows, ...(tables[name as keyof Tables] ?? [])]]),
  ) as Tables;
  return readValidIndex(buildIndex(all, TYPELESS)).warnings.map(({ row }) => row);
}

describe('a warning names its row in words:', () => {
  it.each([
    ['anna', 'user anna (users 2)'],
    ["o'neill+1@example.com", "user o'neill+1@example.com (users 2)"],
    ['Ève', 'user Ève (users 2)'],
    ['anna smith', 'user "anna smith" (users 2)'],
    ['', 'user (users 2)'],
    [null, 'user (users 2)'],
    // Somebody who puts a line into the wrong column must not find it in a log.
    [`anna:${HASH}`, 'user (users 2)'],
    [HASH, 'user (users 2)'],
    ['{SHA}Zkgk2zIgUaJHNKWBl2xSTqGuRws=', 'user (users 2)'],
    ['a\u001b[2J', 'user (users 2)'],
    ['a'.repeat(300), 'user (users 2)'],
  ])('a user %j: %s', (userid, row) => {
    expect(rowsOf({ users: [{ userid, password: 'x' }] })).toEqual([row]);
  });

  it.each([
    ['kobe', 'studio kobe (locations 2)'],
    ['大阪', 'studio 大阪 (locations 2)'],
    ['a b', 'studio "a b" (locations 2)'],
    ['a\u202eb', 'studio "a\\u{202e}b" (locations 2)'],
    ['', 'studio "" (locations 2)'],
    [null, 'studio (locations 2)'],
    [7, 'studio 7 (locations 2)'],
    [Buffer.of(1), 'studio (locations 2)'],
  ])('a studio %j: %s', (key, row) => {
    expect(rowsOf({ locations: [{ key, name: '' }] })).toEqual([row]);
  });

  it('a region', () => {
    expect(rowsOf({ regions: [{ type: 'fly', code: 'nrt', location: '' }] })).toEqual([
      'region nrt (regions 2)',
    ]);
  });

  it.each([
    [{ year: 2026, key: 'gala', location_id: 1 }, 'event 2026/boston/gala (showcases 2)'],
    [{ year: 2026, key: 'a/b', location_id: 1 }, 'event "2026/boston/a/b" (showcases 2)'],
    [{ year: 2026, key: 'gala', location_id: 9 }, 'event 2026/?/gala (showcases 2)'],
    [{ year: 'soon', key: null, location_id: 1 }, 'event soon/boston/? (showcases 2)'],
    [{ year: null, key: Buffer.of(1), location_id: null }, 'event (showcases 2)'],
  ])('an event %j: %s', (event, row) => {
    expect(rowsOf({ showcases: [{ name: '', ...event }] })).toEqual([row]);
  });

  it('an event of a studio that was left out, with the name of the studio', () => {
    const locations = [{ key: 'a b', name: 'A' }];
    const showcases = [{ year: 2026, key: 'gala', name: 'Gala', location_id: 2 }];
    expect(rowsOf({ locations, showcases })).toEqual([
      'studio "a b" (locations 2)',
      'event "2026/a b/gala" (showcases 2)',
    ]);
  });

  it('both events that would have the same database', () => {
    const locations = ['a', 'a-b'].map((key) => ({ key, name: key }));
    const showcases = [
      { year: 2026, key: 'b-c', name: 'B', location_id: 2 },
      { year: 2026, key: 'c', name: 'C', location_id: 3 },
    ];
    const { warnings } = readValidIndex(
      buildIndex({
        locations: [...SOUND.locations, ...locations],
        showcases: [...SOUND.showcases, ...showcases],
      }),
    );
    expect(warnings).toEqual([
      {
        table: 'showcases',
        id: 3,
        row: 'event 2026/a-b/c (showcases 3)',
        reason: 'event 2026/a/b-c (showcases 2) uses the same database "2026-a-b-c"; left out',
      },
    ]);
  });
});
