import { validWith as valid } from '../machine/expected.ts';
import type { BadInput } from './bad-inputs.ts';
import type { PlainRow } from './indexes.ts';

const paris: PlainRow = { key: 'paris', name: 'Paris', latitude: 48.9, longitude: 2.4 };
const gala: PlainRow = { year: 2026, key: 'gala', name: 'Gala', order: 2, location_id: 1 };
const lax: PlainRow = {
  type: 'fly',
  code: 'lax',
  location: 'Los Angeles',
  latitude: 33.9,
  longitude: -118.4,
};

/** Coordinates that are none, and what the warning says. */
export const BAD_PLACES: readonly (readonly [what: string, place: PlainRow, reason: RegExp])[] = [
  ['a latitude of 91', { latitude: 91, longitude: 120 }, /latitude 91 is not within -90 and 90/],
  ['a longitude of -181', { longitude: -181 }, /longitude -181 is not within -180 and 180 \(is 179 meant/],
  ['a longitude of 190', { longitude: 190 }, /longitude 190 .* \(is -170 meant/],
  ['a longitude once around', { longitude: 282.54 }, /longitude 282.54 .* \(is -77.46 meant/],
  ['a longitude far out', { longitude: 1e300 }, /longitude 1e\+300 is not within -180 and 180:/],
  ['a place that is swapped', { latitude: -118.4, longitude: 33.9 }, /look swapped/],
  ['an endless latitude', { latitude: Number.POSITIVE_INFINITY }, /latitude is an infinite number/],
  ['a latitude in words', { latitude: 'north' }, /latitude "north" is not a number/],
  ['a latitude with a comma', { latitude: '42,36' }, /latitude "42,36" is not a number/],
  ['an empty longitude', { longitude: '' }, /longitude "" is not a number/],
  ['a latitude that is a blob', { latitude: Buffer.of(1) }, /latitude is a blob/],
  ['two bad coordinates', { latitude: '', longitude: '' }, /latitude "" is not a number/],
  ['a bad latitude alone', { latitude: 'north', longitude: null }, /latitude "north" is not a number/],
];

/** A value that need not be there, and is not what it should be: it counts as none, and the row stays. */
export const BAD_VALUES: readonly BadInput[] = [
  ...BAD_PLACES.flatMap(([what, place, reason]) => [
    valid(`a studio with ${what}`, { locations: [{ ...paris, ...place }] }, ['locations', 2, reason]),
    valid(`a region with ${what}`, { regions: [{ ...lax, ...place }] }, ['regions', 2, reason]),
  ]),
  ...(['region', 'locale', 'logo'] as const).map((column) =>
    valid(`a studio whose ${column} is a blob`, { locations: [{ ...paris, [column]: Buffer.of(1) }] }, [
      'locations',
      2,
      new RegExp(`^${column} is a blob where text is due, read as none$`),
    ]),
  ),
  ...['first', '', '1,5', Buffer.of(1), Number.POSITIVE_INFINITY].map((order) =>
    valid(
      `the order ${typeof order === 'string' ? JSON.stringify(order) : order}`,
      { showcases: [{ ...gala, order }] },
      ['showcases', 2, /^order .* read as none$/],
    ),
  ),
  valid('a date that is a blob', { showcases: [{ ...gala, date: Buffer.of(1) }] }, [
    'showcases',
    2,
    /date is a blob where text is due, read as none$/,
  ]),
  ...['Spring', '0000-01-01', '2026-02-30', 'a\nb', '2026-05-02 - 2026-05-01'].map((date) =>
    valid(`the date ${JSON.stringify(date)}`, { showcases: [{ ...gala, date }] }, [
      'showcases',
      2,
      /^date ".*" cannot be read: pages show it, after those that can$/,
    ]),
  ),
  valid('the date "Sat, May 3rd"', { showcases: [{ ...gala, date: 'Sat, May 3rd' }] }),
  valid('the date "TBD"', { showcases: [{ ...gala, date: 'TBD' }] }),
  valid('sites that are a blob', { users: [{ userid: 'eve', password: null, sites: Buffer.of(1) }] }, [
    'users',
    2,
    /sites is a blob where text is due, read as none$/,
  ]),
];
