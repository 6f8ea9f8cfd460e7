import { describe, expect, it } from 'vitest';
import { firstOfEachKind } from '../../../src/index/warnings.ts';
import { countRows, type Warning } from '../../../src/warning.ts';

/** `count` rows with bad keys, from an id on, each key another one. */
const badKeys = (table: Warning['table'], count: number, from = 1): Warning[] =>
  Array.from({ length: count }, (_, at) => ({
    table,
    id: from + at,
    row: `row ${from + at}`,
    reason: `key "a\\"b/${at}" may hold only letters; row ${at} has the same key; left out`,
  }));

describe('the warnings about an index', () => {
  it('are all shown if no kind has more than a hundred', () => {
    const few = [...badKeys('users', 100), ...badKeys('locations', 100), ...badKeys('showcases', 1)];
    expect(firstOfEachKind(few)).toEqual(few);
  });

  it('are the first hundred of a kind, and one that describes all others', () => {
    const told = firstOfEachKind(badKeys('showcases', 1000));
    expect(told).toHaveLength(101);
    expect(told.slice(0, 100)).toEqual(badKeys('showcases', 100));
    expect(told.at(-1)).toMatchObject({ table: 'showcases', id: null, rows: 900 });
    expect(told.at(-1)?.reason).toContain('900 more like this: key "a\\"b/999" may hold only letters');
    expect(told.at(-1)?.reason).toContain('update_config --warnings');
  });

  it('are never hidden by those of another kind, or of another table', () => {
    const reason = 'year is not a whole number; left out';
    const other: Warning = { table: 'showcases', id: 5000, row: 'event (showcases 5000)', reason };
    const all = [...badKeys('locations', 500), ...badKeys('showcases', 500), other];
    const told = firstOfEachKind(all);
    expect(told).toHaveLength(2 * 101 + 1);
    expect(told).toContainEqual(other);
  });

  it('still count every row', () => {
    const all = [...badKeys('locations', 3), ...badKeys('showcases', 500)];
    expect(countRows(firstOfEachKind(all))).toBe(503);
  });
});
