import { describe, expect, it } from 'vitest';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { buildIndex, type PlainRow, TYPELESS } from '../../support/indexes/indexes.ts';
import { readTables } from '../../support/indexes/read.ts';

const studios: readonly PlainRow[] = ['a', 'a-b', 'a-b-c', 'Z', 'é', '𝒜', '\uffdc'].map((key) => ({
  key,
  name: key,
}));

/** What an index with these events lists: `2026 a: x y` for many, `2026 a` for a single one. */
function listed(
  ...events: (readonly [year: number, studio: number, key: string, order?: number | null])[]
): string[] {
  const showcases = events.map(([year, location_id, key, order = 0]) => ({
    year,
    location_id,
    key,
    name: key,
    order,
  }));
  return readTables({ locations: studios, showcases }).index.years.flatMap(({ year, studios: list }) =>
    list.map(({ studio, single, events: own }) =>
      single ? `${year} ${studio.key}` : `${year} ${studio.key}: ${own.map((event) => event.key).join(' ')}`,
    ),
  );
}

describe('the years, studios and events of an index', () => {
  it('go by year descending, then by key in byte order', () => {
    const events = [1, 2, 3, 4, 5, 6, 7].map((studio) => [2025, studio, 'showcase'] as const);
    expect(listed([2024, 1, 'showcase'], ...events, [2026, 4, 'showcase'])).toEqual([
      '2026 Z',
      '2025 Z',
      '2025 a',
      '2025 a-b',
      '2025 a-b-c',
      '2025 é',
      '2025 \uffdc',
      '2025 𝒜',
      '2024 a',
    ]);
  });

  it('list events by order, and of those with one order the later id first', () => {
    expect(listed([2026, 1, 'x', 2], [2026, 1, 'y', 1], [2026, 1, 'z', 2], [2026, 1, 'w', -1.5])).toEqual([
      '2026 a: w y z x',
    ]);
  });

  it.each(['', 'first', '2', Buffer.of(1)])('list an event of the order %j as one without', (order) => {
    const showcases = ['w', 'x', 'y', 'z'].map((key, at) => ({
      ...{ year: 2026, location_id: 1, key, name: key, order: key === 'y' ? order : at - 2 },
    }));
    const image = buildIndex({ locations: studios, showcases }, TYPELESS);
    const [first] = readValidIndex(image).index.years;
    expect(first?.studios[0]?.events.map(({ key }) => key)).toEqual(['y', 'w', 'x', 'z']);
  });

  it('list events without an order before all others', () => {
    expect(listed([2026, 1, 'x', -9], [2026, 1, 'y', null], [2026, 1, 'z', null])).toEqual(['2026 a: z y x']);
  });
});

describe('a single event', () => {
  it('is the only one of its studio and year, and called showcase', () => {
    expect(
      listed([2026, 1, 'showcase'], [2026, 2, 'gala'], [2026, 3, 'showcase', 1], [2026, 3, 'gala', 2]),
    ).toEqual(['2026 a', '2026 a-b: gala', '2026 a-b-c: showcase gala']);
  });

  it('is what remains of a year whose other events are bad rows or copies', () => {
    expect(listed([2026, 1, 'showcase'], [2026, 1, '../x'], [2026, 1, 'showcase'])).toEqual(['2026 a']);
  });

  it('does not result from another event’s loss of its database to another studio', () => {
    expect(listed([2026, 2, 'c'], [2026, 1, 'b-c'], [2026, 1, 'showcase'])).toEqual([
      '2026 a: showcase',
      '2026 a-b: c',
    ]);
  });
});

describe('one database for two events', () => {
  it('goes to the event with the lower id, whichever its studio', () => {
    expect(listed([2026, 1, 'b-c'], [2026, 2, 'c'])).toEqual(['2026 a: b-c']);
    expect(listed([2026, 2, 'c'], [2026, 1, 'b-c'])).toEqual(['2026 a-b: c']);
  });

  it('goes to the lowest id of three events', () => {
    expect(listed([2026, 3, 'showcase'], [2026, 1, 'b-c'], [2026, 2, 'c'])).toEqual(['2026 a-b-c']);
    expect(listed([2026, 2, 'c'], [2026, 1, 'b-c'], [2026, 3, 'showcase'])).toEqual(['2026 a-b: c']);
  });

  it('does not occur if the years differ, or if a single event has no name in it', () => {
    expect(listed([2026, 1, 'b-c'], [2025, 2, 'c'])).toHaveLength(2);
    expect(listed([2026, 1, 'b-showcase'], [2026, 2, 'showcase'])).toEqual([
      '2026 a: b-showcase',
      '2026 a-b',
    ]);
  });
});

it('a studio with very many events in one year is read in linear time', () => {
  const events = Array.from({ length: 20_000 }, (_, at) => [2026, 1, `e${at % 19_999}`, at] as const);
  const [list] = listed(...events);
  expect(list?.split(' ')).toHaveLength(19_999 + 2);
});

it('dates and names of events are those of their rows', () => {
  const showcases = [
    { year: 2026, location_id: 1, key: 'x', name: ' The "X" ', date: ' May 1 ', order: 1 },
    { year: 2026, location_id: 1, key: 'y', name: 'Y', date: '', order: 2 },
    { year: 2026, location_id: 1, key: 'z', name: null, date: null, order: 3 },
  ];
  expect(readTables({ locations: studios, showcases }).index.years[0]?.studios[0]?.events).toEqual([
    { id: 1, key: 'x', name: ' The "X" ', date: ' May 1 ' },
    { id: 2, key: 'y', name: 'Y', date: null },
    { id: 3, key: 'z', name: 'z', date: null },
  ]);
});
