import { validWith as valid } from '../machine/expected.ts';
import type { BadInput } from './bad-inputs.ts';
import { BAD_USERS } from './bad-users.ts';
import { BAD_VALUES } from './bad-values.ts';
import { HOSTILE_KEYS } from './hostile.ts';
import { buildIndex, SOUND } from './indexes.ts';

function shown(text: string): string {
  const printable = JSON.stringify(text);
  return printable.length > 30 ? `${printable.slice(0, 24)}... (${text.length})` : printable;
}

const paris = { key: 'paris', name: 'Paris', latitude: 48.9, longitude: 2.4 };
const gala = { year: 2026, key: 'gala', name: 'Gala', order: 2, location_id: 1 };
const place = { latitude: 1, longitude: 1 };

const keys: readonly BadInput[] = HOSTILE_KEYS.flatMap((key) => [
  valid(`a studio with the key ${shown(key)}`, { locations: [{ ...paris, key }] }, [
    'locations',
    2,
    /^key "/,
  ]),
  valid(`an event with the key ${shown(key)}`, { showcases: [{ ...gala, key }] }, ['showcases', 2, /^key "/]),
  valid(
    `a region with the code ${shown(key)}`,
    { regions: [{ type: 'fly', code: key, location: 'X', ...place }] },
    ['regions', 2, /^code "/],
  ),
]);

const studios: readonly BadInput[] = [
  valid('one studio twice', { locations: [{ ...paris, key: 'boston' }] }, [
    'locations',
    2,
    /row 1 has the same key/,
  ]),
  valid(
    'a studio twice, with events of both',
    { locations: [{ ...paris, key: 'boston' }], showcases: [{ ...gala, location_id: 2 }] },
    ['locations', 2, /row 1/],
    ['showcases', 2, /its studio \(location 2\) cannot be used; left out/],
  ),
  valid('a studio without a key', { locations: [{ ...paris, key: null }] }, ['locations', 2, /key is null/]),
  valid('a studio called index', { locations: [{ ...paris, key: 'index' }] }, [
    'locations',
    2,
    /lists all others/,
  ]),
  valid('a key that is a blob', { locations: [{ ...paris, key: Buffer.from('x') }] }, [
    'locations',
    2,
    /blob/,
  ]),
  valid('latitude alone', { locations: [{ ...paris, longitude: null }] }, [
    'locations',
    2,
    /a latitude only/,
  ]),
  valid('no place at all', { locations: [{ ...paris, latitude: null, longitude: null }] }),
  valid('a blank name', { locations: [{ ...paris, name: ' ' }] }, ['locations', 2, /name is blank/]),
  valid('a name that nobody can see', { locations: [{ ...paris, name: '\u202e\u200b ' }] }, [
    'locations',
    2,
    /name is blank/,
  ]),
  valid('no name', { locations: [{ ...paris, name: null }] }, ['locations', 2, /name is blank/]),
  valid('a name over lines', { locations: [{ ...paris, name: ' a\r\nb:\tc\u2028\u0085d\n' }] }),
  valid('a name that is a terminal’s order', { locations: [{ ...paris, name: 'a\x1b[2Jb' }] }, [
    'locations',
    2,
    /control characters/,
  ]),
  valid('a name with a NUL', { locations: [{ ...paris, name: 'a\0b' }] }, [
    'locations',
    2,
    /control characters/,
  ]),
  valid('an endless name', { locations: [{ ...paris, name: 'é'.repeat(5e5) }] }, [
    'locations',
    2,
    /is cut to 1000/,
  ]),
  valid('a name of markup', { locations: [{ ...paris, name: `</script>"'$\{x}: #` }] }),
  valid('a name that is a blob', { locations: [{ ...paris, name: Buffer.of(0xff) }] }, [
    'locations',
    2,
    /blob/,
  ]),
  valid('a locale that is a path', { locations: [{ ...paris, locale: '../x' }] }, [
    'locations',
    2,
    /language tag/,
  ]),
  valid('a logo that is a path', { locations: [{ ...paris, logo: '../x.png' }] }, [
    'locations',
    2,
    /not a file name/,
  ]),
  valid('a region that is not deployed', { locations: [{ ...paris, region: 'xxx' }] }),
];

const events: readonly BadInput[] = [
  valid('one event twice', { showcases: [gala, gala] }, ['showcases', 3, /row 2 is the same event/]),
  valid('no studio of that id', { showcases: [{ ...gala, location_id: 9 }] }, [
    'showcases',
    2,
    /location 9\) does not exist/,
  ]),
  valid('a studio id in words', { showcases: [{ ...gala, location_id: 'x' }] }, [
    'showcases',
    2,
    /location_id is text/,
  ]),
  ...[0, 999, 10_000, -2026, 2026.5, 'soon', null, Buffer.of(1)].map((year) =>
    valid(`the year ${year}`, { showcases: [{ ...gala, year }] }, [
      'showcases',
      2,
      /year is not a whole number/,
    ]),
  ),
  valid('no order', { showcases: [{ ...gala, order: null }] }),
  valid('a date over lines', { showcases: [{ ...gala, date: 'May\n1' }] }),
  valid(
    'two events for one database',
    {
      locations: [
        { ...paris, key: 'a' },
        { ...paris, key: 'a-b' },
      ],
      showcases: [
        { ...gala, location_id: 3, key: 'c' },
        { ...gala, location_id: 2, key: 'b-c' },
      ],
    },
    ['showcases', 3, /^event 2026\/a-b\/c \(showcases 2\) uses the same database "2026-a-b-c"/],
  ),
  valid(
    'an event for the database of a single studio',
    {
      locations: [
        { ...paris, key: 'a' },
        { ...paris, key: 'a-b' },
      ],
      showcases: [
        { ...gala, location_id: 2, key: 'b' },
        { ...gala, location_id: 3, key: 'showcase' },
      ],
    },
    ['showcases', 3, /^event 2026\/a\/b \(showcases 2\) uses the same database "2026-a-b"/],
  ),
];

const regions: readonly BadInput[] = [
  { ...valid('no regions', {}), make: () => buildIndex({ regions: [] }) },
  { ...valid('no events', {}), make: () => buildIndex({ showcases: [] }) },
  {
    ...valid('nothing but an administrator', {}),
    make: () => buildIndex({ regions: [], locations: [], showcases: [], users: SOUND.users }),
  },
  valid('one region twice', { regions: [{ type: 'fly', code: 'iad', location: 'X', ...place }] }, [
    'regions',
    2,
    /row 1 has the same code/,
  ]),
  valid('a region without a code', { regions: [{ type: 'fly', code: null, location: 'X' }] }, [
    'regions',
    2,
    /code is null/,
  ]),
  valid('a region without a place', { regions: [{ type: 'fly', code: 'jnb', location: 'X' }] }),
  valid('a region without a name', { regions: [{ type: 'fly', code: 'jnb' }] }, [
    'regions',
    2,
    /location is blank/,
  ]),
  valid('a bad region of another kind', { regions: [{ type: 'kamal', code: '../../x', latitude: 999 }] }),
];

/** Indexes that are whole, with rows that must not get any further. */
export const BAD_ROWS: readonly BadInput[] = [
  ...keys,
  ...BAD_USERS,
  ...studios,
  ...events,
  ...regions,
  ...BAD_VALUES,
];
