import { describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { sameRows } from '../../../src/publish/same-rows.ts';
import { altered, buildIndex } from '../../support/indexes/indexes.ts';

const base = buildIndex();

describe('two indexes are equal', () => {
  it('if one was laid out in another way', () => {
    const other = altered(base, 'CREATE TABLE x AS SELECT zeroblob(9999)', 'DROP TABLE x');
    expect(imageDigest(other)).not.toBe(imageDigest(base));
    expect(sameRows(other, base)).toBe(true);
    expect(sameRows(base, other)).toBe(true);
  });

  it.each([
    ['a cell', `UPDATE users SET password = password || 'x'`],
    ['a time stamp', `UPDATE locations SET updated_at = 'later'`],
    ['a row less', 'DELETE FROM showcases'],
    [
      'a row more',
      `INSERT INTO regions (id, type, code, created_at, updated_at) VALUES (9, 'fly', 'x', '', '')`,
    ],
    ['another table', 'CREATE TABLE notes (a)'],
    ['a view', 'CREATE VIEW v AS SELECT 1'],
  ])('but not with %s that differs, whichever is ours', (_, sql) => {
    const other = altered(base, sql);
    expect(sameRows(other, base)).toBe(false);
    expect(sameRows(base, other)).toBe(false);
  });

  it('but not when theirs cannot be read', () => {
    const torn = Buffer.from(base);
    torn.fill(0xff, 4096);
    expect(sameRows(torn, base)).toBe(false);
    expect(sameRows(Buffer.from('no database'), base)).toBe(false);
  });
});
