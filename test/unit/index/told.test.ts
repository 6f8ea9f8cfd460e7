import { expect, it } from 'vitest';
import { describeDifferences } from '../../../src/index/differences.ts';
import { altered, buildIndex } from '../../support/indexes/indexes.ts';

const base = buildIndex();

const withRegions = (...codes: string[]) =>
  altered(
    base,
    ...codes.map(
      (code, at) =>
        `INSERT INTO regions (id, type, code, created_at, updated_at) VALUES (${100 + at}, 'fly', '${code}', '', '')`,
    ),
  );

it('at most eighty characters are shown of a name that differs', () => {
  expect(describeDifferences(withRegions('x'.repeat(80), 'y'.repeat(81)), base)).toEqual([
    `region ${'x'.repeat(80)}: only in theirs`,
    `region ${'y'.repeat(80)}...: only in theirs`,
  ]);
});

it('at most thirty differences are shown, and the number of the others', () => {
  const codes = Array.from({ length: 32 }, (_, at) => `r${at}`);
  const told = (count: number) => describeDifferences(withRegions(...codes.slice(0, count)), base);
  expect(told(30)).toHaveLength(30);
  expect(told(30).at(-1)).toBe('region r29: only in theirs');
  expect(told(32).slice(29)).toEqual(['region r29: only in theirs', 'and 2 more']);
});
