import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANGES, describeDifferences } from '../../../src/index/differences.ts';
import { altered, buildIndex, goodTables, HASH, SOUND, soundWith } from '../../support/indexes/indexes.ts';

const base = buildIndex();

describe('the difference between two indexes', () => {
  it('names each row in words, whatever its id and time stamps', () => {
    const theirs = altered(
      base,
      `INSERT INTO regions (id, type, code, created_at, updated_at) VALUES (7, 'fly', 'syd', '', '')`,
      `UPDATE showcases SET date = '2026-05-01', updated_at = 'later'`,
      `UPDATE locations SET updated_at = 'later'`,
    );
    const ours = altered(
      base,
      `UPDATE users SET password = 'ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=', sites = 'Boston'`,
      `UPDATE locations SET key = 'cambridge'`,
    );
    expect(describeDifferences(theirs, ours)).toEqual([
      'region syd: only in theirs',
      'studio boston: only in theirs',
      'studio cambridge: only in ours',
      'event 2026/boston/showcase: only in theirs',
      'event 2026/cambridge/showcase: only in ours',
      'user ada: differs in password, sites',
    ]);
  });

  it('is described as a change, for the administrator who replaces one index by the other', () => {
    const ours = altered(
      base,
      `UPDATE locations SET key = 'cambridge'`,
      `UPDATE users SET sites = 'Boston' WHERE userid = 'ada'`,
    );
    expect(describeDifferences(base, ours, CHANGES)).toEqual([
      'studio boston: removed',
      'studio cambridge: added',
      'event 2026/boston/showcase: removed',
      'event 2026/cambridge/showcase: added',
      'user ada: changed in sites',
    ]);
  });

  it('is described as unimportant if only other tables differ', () => {
    const theirs = altered(base, 'CREATE TABLE notes (id integer, text)');
    expect(describeDifferences(theirs, base)).toEqual(['no row that a configuration is made from differs']);
  });

  it('is described in at most 30 lines', () => {
    const showcases = Array.from({ length: 50 }, (_, at) => ({
      id: at + 2,
      year: 2025,
      key: `k${at}`,
      name: 'x',
      location_id: 1,
    }));
    const lines = describeDifferences(base, soundWith({ showcases }));
    expect(lines).toHaveLength(31);
    expect(lines.at(-1)).toBe('and 20 more');
  });

  it('never holds a hash or a line break, however the rows are named', () => {
    const hostile = altered(
      base,
      `UPDATE locations SET key = 'a' || char(10) || 'Successfully updated: 9 machines' || char(27)`,
      `INSERT INTO users (userid, password, created_at, updated_at) VALUES (NULL, 'x:${HASH}', '', '')`,
    );
    const lines = describeDifferences(hostile, base);
    expect(lines.join('')).not.toMatch(/[\p{Cc}]/u);
    expect(lines.join('\n')).not.toContain(HASH);
    expect(lines).toContain('user without a name: only in theirs');
  });

  it('is refused if theirs has a view in the place of a table', () => {
    const view = altered(base, 'DROP TABLE regions', 'CREATE VIEW regions AS SELECT 1 AS id');
    expect(() => describeDifferences(view, base)).toThrow(/regions is a view/);
  });

  it('is nothing between an index and itself, and the same in both directions otherwise', () => {
    fc.assert(
      fc.property(goodTables(), (tables) => {
        const other = buildIndex(tables);
        expect(describeDifferences(other, other)).toHaveLength(1);
        const swap = (line: string) =>
          line.replace(/only in (\w+)$/, (_, whose) => `only in ${whose === 'ours' ? 'theirs' : 'ours'}`);
        const there = describeDifferences(other, buildIndex(SOUND)).filter(
          (line) => !line.startsWith('and '),
        );
        const back = describeDifferences(buildIndex(SOUND), other).filter((line) => !line.startsWith('and '));
        if (there.length < 30) expect(there.map(swap).sort()).toEqual(back.sort());
      }),
      { numRuns: 30 },
    );
  });
});
