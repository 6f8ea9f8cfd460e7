import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseHtpasswdLine } from '../../../src/index/htpasswd.ts';
import { readDays } from '../../../src/index/read-dates.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { shared } from '../../support/suite/shared.ts';

const data = () => readValidIndex(readFileSync(resolve(shared ?? '', 'data/index.sqlite3')));

/** One golden output: what production makes of the same index. */
interface Golden {
  map: { regions: Record<string, object>; studios: Record<string, { region: string | null }> };
  showcases: Record<string, Record<string, { region: string; events?: Record<string, object> }>>;
}

it('the real index is read without a warning', () => {
  const { index, warnings } = data();
  expect(warnings).toEqual([]);
  expect(index.users).toHaveLength(420);
  expect(index.users.filter(({ htpasswdLine }) => htpasswdLine !== null)).toHaveLength(396);
  for (const { htpasswdLine, userid } of index.users) {
    if (htpasswdLine !== null) expect(parseHtpasswdLine(htpasswdLine)).toMatchObject({ userid });
  }
});

it('every date of the real index is understood, and 101 of its free texts as days', () => {
  const { index } = data();
  const readings = index.years.flatMap(({ year, studios }) =>
    studios.flatMap(({ studio, events }) =>
      events.flatMap(({ date }) => {
        if (date === null || /^\d{4}-\d\d-\d\d/.test(date) || /^\d{4}$/.test(date)) return [];
        return [{ date, days: readDays(date, { locale: studio.locale, year }) }];
      }),
    ),
  );
  expect(readings).toHaveLength(101);
  expect(readings.filter(({ days }) => days === null)).toEqual([]);
});

it('the real index has the regions, studios and lists of events that production makes of it', () => {
  const { index } = data();
  const golden = JSON.parse(readFileSync(resolve(shared ?? '', 'golden/fly-iad.json'), 'utf8')) as Golden;
  const regions = Object.fromEntries(index.regions.map(({ code, ...rest }) => [code, rest]));
  expect(regions).toMatchObject(golden.map.regions);
  const studios = index.studios.map(({ key, name, lat, lon, region }) => [key, { name, lat, lon, region }]);
  expect(golden.map.studios).toMatchObject(Object.fromEntries(studios));
  for (const { year, studios: list } of index.years) {
    const expected = golden.showcases[year] ?? {};
    expect(list.map(({ studio }) => studio.key)).toEqual(Object.keys(expected));
    for (const { studio, single, events } of list) {
      const listed = expected[studio.key]?.events;
      expect(single ? null : events.map(({ key }) => key)).toEqual(listed ? Object.keys(listed) : null);
    }
  }
});
