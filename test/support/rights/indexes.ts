import { buildIndex, HASH } from '../indexes/indexes.ts';

/** Events of this machine's region, by the names of their databases. */
export const TENANTS = ['2026-boston', '2026-camden-spring', '2026-camden-autumn'] as const;

/** An index with an administrator, and these users beside; with a single event, and a studio that has two. */
export function indexWith(...users: readonly string[]): Buffer {
  return buildIndex({
    users: ['ada', ...users].map((userid, at) => ({
      id: at + 1,
      userid,
      password: `${userid}:${HASH}`,
      email: `${userid}@example.com`,
      sites: userid === 'ada' ? 'index' : 'Boston',
    })),
    regions: [
      { id: 1, type: 'fly', code: 'iad', location: 'Ashburn', latitude: 39, longitude: -77.5 },
      { id: 2, type: 'fly', code: 'syd', location: 'Sydney', latitude: -33.9, longitude: 151.2 },
    ],
    locations: [
      { id: 1, key: 'boston', name: 'Boston', region: 'iad', latitude: 42.4, longitude: -71.1 },
      { id: 2, key: 'camden', name: 'Camden', region: 'iad', latitude: 39.9, longitude: -75.1 },
      { id: 3, key: 'sydney', name: 'Sydney', region: 'syd', latitude: -33.9, longitude: 151.2 },
    ],
    showcases: [
      { id: 1, year: 2026, key: 'showcase', name: 'Showcase', order: 1, location_id: 1 },
      { id: 2, year: 2026, key: 'spring', name: 'Spring', order: 2, location_id: 2 },
      { id: 3, year: 2026, key: 'autumn', name: 'Autumn', order: 3, location_id: 2 },
      { id: 4, year: 2026, key: 'showcase', name: 'Showcase', order: 4, location_id: 3 },
    ],
  });
}
