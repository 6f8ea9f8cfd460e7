import { expect, it } from 'vitest';
import { describeDifferences } from '../../../src/index/differences.ts';
import { sameRows } from '../../../src/publish/same-rows.ts';
import { COSTLY, rewritten } from '../../support/indexes/costly-images.ts';
import { altered, buildIndex } from '../../support/indexes/indexes.ts';

/** To read all of it would take hours. */
const ENDLESS = rewritten(buildIndex(), `CREATE TABLE t (a, b AS (${COSTLY}))`, 5000);

it('two equal indexes with a computed column are not compared row by row', () => {
  expect(sameRows(ENDLESS, altered(ENDLESS, 'VACUUM'))).toBe(false);
  const plain = altered(buildIndex(), 'CREATE TABLE t (a)', 'INSERT INTO t VALUES (1)');
  expect(sameRows(plain, altered(plain, 'VACUUM'))).toBe(true);
});

it('an index in the store that would take for ever to read is not compared with ours', () => {
  expect(() => describeDifferences(ENDLESS, buildIndex())).toThrow(/column b of table t is a generated one/);
});

it('the comparison names events by their studio, even if every studio has the same id', () => {
  const many = altered(
    buildIndex(),
    'ALTER TABLE locations RENAME TO old',
    'CREATE TABLE locations AS SELECT * FROM old',
    'DROP TABLE old',
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     INSERT INTO locations (id, key, name) SELECT 1, 'boston', 'Boston' FROM n`,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     INSERT INTO showcases (location_id, year, key, created_at, updated_at) SELECT 1, 2026, 'e' || i, '', '' FROM n`,
  );
  const lines = describeDifferences(many, buildIndex());
  expect(lines).toHaveLength(31);
  expect(describeDifferences(altered(buildIndex(), "UPDATE showcases SET key = 'x'"), buildIndex())).toEqual([
    'event 2026/boston/x: only in theirs',
    'event 2026/boston/showcase: only in ours',
  ]);
});
