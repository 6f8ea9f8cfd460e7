import fc from 'fast-check';
import type { PlainRow, Tables } from '../indexes/indexes.ts';
import { SOUND } from '../indexes/indexes.ts';

/**
 * Indexes of good rows whose keys are as easily taken for each other as can be: beginnings of each other, words that
 * stand in paths and patterns, and one name for a region, a studio and an event.
 */
const REGIONS = ['iad', 'ia', 'iad-2', 'demo', 'cable', 'x.y', 'xay', '2026'];
const STUDIOS = ['a', 'a-b', 'a.b', 'aab', 'a+b', "o'a", 'demo', 'public', 'regions', 'studios', '2026', 'é'];
const EVENTS = ['public', 'a', 'a.b', 'aab', 'demo', '2025', 'cable', 'people', "b'"];
/** With the studios `a` and `a-b` these make one name for two databases. */
const COLLIDING = ['showcase', 'b', 'c', 'b-c'];

const regions = fc.subarray(REGIONS, { minLength: 1, maxLength: 5 }).chain((codes) =>
  fc.tuple(
    ...codes.map((code) =>
      fc.tuple(fc.constantFrom('fly', 'fly', 'fly', 'kamal'), fc.constantFrom(null, -60, -10, 0, 25, 50)).map(
        ([type, degrees]): PlainRow => ({
          type,
          code,
          location: code,
          latitude: degrees,
          longitude: degrees,
        }),
      ),
    ),
  ),
);

const studioKeys = fc.oneof(fc.subarray(STUDIOS, { minLength: 1, maxLength: 7 }), fc.constant(['a', 'a-b']));

const studios = studioKeys.chain((keys) =>
  fc.tuple(
    ...keys.map((key) =>
      fc
        .tuple(fc.option(fc.constantFrom(...REGIONS, 'gone')), fc.constantFrom(null, -61, 1, 51))
        .map(([region, degrees]): PlainRow => {
          return { key, name: key, region, latitude: degrees, longitude: degrees };
        }),
    ),
  ),
);

const events = fc.constantFrom([2026], [2024, 2025, 2026]).chain((years) =>
  fc.array(
    fc.record({
      location_id: fc.nat({ max: 6 }),
      year: fc.constantFrom(...years),
      key: fc.oneof(fc.constantFrom(...COLLIDING), fc.constantFrom(...EVENTS)),
      order: fc.nat({ max: 3 }),
    }),
    { minLength: 5, maxLength: 20 },
  ),
);

export function tightTables(): fc.Arbitrary<Required<Tables>> {
  return fc.tuple(regions, studios, events).map(([places, owners, shows]) => {
    const rows = shows.map((show): PlainRow => {
      return { ...show, location_id: (show.location_id % owners.length) + 1, name: show.key, date: null };
    });
    const distinct = new Map(rows.map((row) => [`${row['location_id']}/${row['year']}/${row['key']}`, row]));
    return { users: SOUND.users, regions: places, locations: owners, showcases: [...distinct.values()] };
  });
}
