import type { Event, Index, Region, Studio, StudioYear, User, Year } from '../../../src/index/index-model.ts';

const HASH = '$2y$05$abcdefghijklmnopqrstuuJ1vBeOyFqSFkqFxvOVlYlJVg6PZ1zW2';

let lastId = 0;

export function user(userid: string, hash: string | null = HASH, sites: readonly string[] = []): User {
  lastId += 1;
  return { id: lastId, userid, htpasswdLine: hash === null ? null : `${userid}:${hash}`, sites };
}

export function studio(key: string, facts: Partial<Studio> = {}): Studio {
  lastId += 1;
  return {
    id: lastId,
    key,
    name: `Studio ${key}`,
    lat: null,
    lon: null,
    region: null,
    locale: null,
    logo: null,
    ...facts,
  };
}

export function event(key: string, name = `Event ${key}`, date: string | null = null): Event {
  lastId += 1;
  return { id: lastId, key, name, date };
}

export function multi(year: number, owner: Studio, ...events: Event[]): StudioYear {
  return { year, studio: owner, single: false, events };
}

export function single(year: number, owner: Studio, date: string | null = null): StudioYear {
  return { year, studio: owner, single: true, events: [event('showcase', 'Showcase', date)] };
}

export function yearOf(...studios: [StudioYear, ...StudioYear[]]): Year {
  return { year: studios[0].year, studios };
}

export const NOTHING: Index = { users: [], regions: [], studios: [], years: [] };

function region(code: string, name: string, lat: number | null, lon: number | null): Region {
  return { code, name, lat, lon };
}

/** Small, and of every shape: what an index can hold and what is easily got wrong. */
export function inventedIndex(): Index {
  const regions = [
    region('fra', 'Frankfurt, Germany', 50.1, 8.7),
    region('iad', 'Ashburn, Virginia (US)', 39.02214, -77.462555),
    region('lhr', 'London, United Kingdom', 51.5, 0),
    region('nrt', 'Tokyo, Japan', null, null),
    region('syd', 'Sydney, Australia', -33.86603, 151.20692),
    region('x-1', 'Nowhere yet', 0, 0),
  ];
  const ten = studio('10', { name: '10th Street', lat: 40.7, lon: -74, region: 'iad' });
  const nine = studio('9', { name: 'on', lat: 53.5461, lon: -113.4938, region: 'iad' });
  const graz = studio('graz', {
    name: 'Café Zürich 💃',
    lat: 47.07,
    lon: 15.44,
    region: 'fra',
    locale: 'de-AT',
  });
  const hobart = studio('hobart', {
    name: `"$\{database}" <<: *x\n# no`,
    lat: -42.88,
    lon: 147.33,
    region: 'syd',
  });
  const kyoto = studio('kyoto', {
    lat: 35.01,
    lon: 135.77,
    region: 'nrt',
    logo: 'kyoto.png',
    locale: 'ja-JP',
  });
  const lima = studio('lima', { name: '2026-01-02', lat: -12.05, lon: -77.04, region: 'x-1' });
  const nowhere = studio("o'hara+sons", { name: '~' });
  const umlaut = studio('ärzte', { name: '1:20', lat: 48.2, lon: 16.37, region: 'fra' });
  const unused = studio('unused', { name: 'No event yet', region: 'lhr' });
  const years = [
    yearOf(
      multi(
        2026,
        ten,
        event('spring-ball', 'Spring & Ball', '2026-03-01 - 2026-03-02'),
        event('fall', 'Fall', '2026'),
      ),
      single(2026, nine, '2026-12-07'),
      multi(2026, graz, event('showcase'), event('a.b_c', 'Null', 'null')),
      multi(2026, hobart, event('only')),
      multi(2026, nowhere, event('gala')),
      single(2026, umlaut),
    ),
    yearOf(
      single(2025, ten),
      multi(2025, nine, event('opener')),
      single(2025, hobart, '23/11/2025'),
      multi(2025, kyoto, event('medal-ball')),
      single(2025, lima),
    ),
    yearOf(single(2022, nowhere)),
  ];
  return {
    users: [
      user('zoe', '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='),
      user('Ann', HASH, ['index']),
      user('ärzte'),
      user('bob', null),
    ],
    regions,
    studios: [ten, nine, graz, hobart, kyoto, lima, nowhere, unused, umlaut],
    years,
  };
}
