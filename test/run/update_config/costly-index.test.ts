import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COSTLY, rewritten } from '../../support/indexes/costly-images.ts';
import { altered, buildIndex } from '../../support/indexes/indexes.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { expectFailure, GOOD_INDEX, Station } from '../../support/machine/station.ts';

const START = join(ROOT, 'scripts/start');

/** Each row of `t` costs a second when SQLite checks it: a table of these would keep it busy for an hour. */
const ROWS = 5000;
const COMPUTED = rewritten(GOOD_INDEX, `CREATE TABLE t (a, b AS (${COSTLY}) NOT NULL)`, ROWS);
const CONSTRAINED = rewritten(GOOD_INDEX, `CREATE TABLE t (a CHECK (length(${COSTLY}) > 0))`, ROWS);
/** The same before anything is checked, when SQLite reads the schema. */
const STATISTICS = altered(
  GOOD_INDEX,
  'ANALYZE',
  'INSERT INTO sqlite_stat1 SELECT tbl, idx, stat FROM sqlite_stat1, pragma_function_list',
  'PRAGMA writable_schema = ON',
  `UPDATE sqlite_schema SET sql = 'CREATE TABLE sqlite_stat1(tbl,idx,s,stat AS (${COSTLY.replaceAll("'", "''")}))'
   WHERE name = 'sqlite_stat1'`,
);

let here: Station;
beforeEach(async () => {
  here = await Station.open();
});
afterEach(() => here.close());

describe('an index that would take for ever to check or to open', () => {
  it.each([
    ['a column that is computed', COMPUTED, /column b of table t is a generated one/],
    ['statistics that are computed', STATISTICS, /sqlite_stat1 that is not as ANALYZE makes it/],
  ])('is refused in the store: %s', async (_, image, because) => {
    await here.publish(image);
    const answer = await here.post();
    expectFailure(answer, 422, 'index-invalid');
    expect(answer.result.error?.message).toMatch(because);
    here.expectUntouched();
  });

  it('is installed if the cost is in a constraint, which no run checks', async () => {
    await here.publish(CONSTRAINED);
    expect((await here.post()).result).toMatchObject({ outcome: 'updated' });
  });

  it.each([
    ['a column that is computed', COMPUTED],
    ['statistics that are computed', STATISTICS],
  ])('does not delay the start of a machine that has it: %s', async (_, image) => {
    writeFileSync(here.machine.path('index.sqlite3'), image);
    const started = await here.machine.run([], { executable: START });
    expect(started.signal).toBe(null);
    expect(started.stdout).toContain('index-invalid');
  });

  it('gives way on a machine to the next good one', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), COMPUTED);
    await here.publish(buildIndex());
    expect((await here.post()).result).toMatchObject({ outcome: 'updated' });
    expect(here.machine.read('htpasswd')).toMatch(/^ada:/);
  });
});
