import fc from 'fast-check';
import type { TableName } from '../../../dev/sample/schema.ts';
import { anyCell, goodTables, type PlainRow, type Tables } from './indexes.ts';

/** Columns that a row can do without. */
const OPTIONAL = {
  users: ['sites'],
  regions: ['latitude', 'longitude'],
  locations: ['latitude', 'longitude', 'region', 'locale', 'logo'],
  showcases: ['date', 'order'],
} as const;

/** Good tables, and the same with some of the values that a row can do without replaced by anything. */
export function spoiledTables(): fc.Arbitrary<{ good: Required<Tables>; spoiled: Required<Tables> }> {
  return fc
    .tuple(goodTables(), fc.array(anyCell, { minLength: 1 }), fc.nat({ max: 6 }))
    .map(([good, cells, step]) => {
      let at = 0;
      const spoil = (rows: readonly PlainRow[], columns: readonly string[]) =>
        rows.map((row) => ({
          ...row,
          ...Object.fromEntries(
            columns
              .filter(() => at++ % (step + 1) === 0)
              .map((column) => [column, cells[at % cells.length] ?? null]),
          ),
        }));
      const tables = (Object.keys(OPTIONAL) as TableName[]).map((name) => [
        name,
        spoil(good[name], OPTIONAL[name]),
      ]);
      return { good, spoiled: Object.fromEntries(tables) as Required<Tables> };
    });
}
