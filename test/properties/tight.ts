import fc from 'fast-check';
import type { PlainRow, Tables } from '../support/indexes.ts';
import { SOUND } from '../support/indexes.ts';

/**
 * Indexes of good rows whose keys are as easily taken for each other as can be: beginnings of each other, words that
 * stand in paths and patterns, and one name for a region, a studio and an event.
 */
const REGIONS = ['iad', 'ia', 'iad-2', 'demo', 'cable', 'x.y', 'xay', '2026'];
const STUDIOS = ['a', 'a-b', 'a.b', 'aab', 'a+b', "o'a", 'demo', 'public', 'regions', 'studios', '2026', 'é'];
const EVENTS = ['showcase', 'public', 'b', 'b-c', 'a', 'a.b', 'aab', 'demo', '2025', 'cable', 'people', "b'"];
const YEARS = [2024, 2025, 2026];

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

const studios = fc.subarray(STUDIOS, { minLength: 1, maxLength: 7 }).chain((keys) =>
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

const events = fc.uniqueArray(
  fc.record({
    location_id: fc.nat({ max: 6 }).map((at) => at + 1),
    year: fc.constantFrom(...YEARS),
    key: fc.oneof(fc.constant('showcase'), fc.constantFrom(...EVENTS)),
    order: fc.nat({ max: 3 }),
  }),
  { selector: ({ location_id, year, key }) => `${location_id}/${year}/${key}`, maxLength: 24 },
);

export function tightTables(): fc.Arbitrary<Required<Tables>> {
  return fc.tuple(regions, studios, events).map(([places, owners, shows]) => ({
    users: SOUND.users,
    regions: places,
    locations: owners,
    showcases: shows
      .filter(({ location_id }) => location_id <= owners.length)
      .map((show): PlainRow => ({ ...show, name: show.key, date: null })),
  }));
}
