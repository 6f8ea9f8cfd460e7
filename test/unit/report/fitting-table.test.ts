import { describe, expect, it } from 'vitest';
import { renderFitting } from '../../../src/report/fitting-table.ts';

const ROWS = [
  ['began', 'outcome', 'changed'],
  ['2026-01-02T03:04:05.000Z', 'updated', 'index htpasswd map.yml showcases.yml tenants.list'],
  ['2026-01-01T03:04:05.000Z', 'failed (disk)', '-'],
];

describe('a table of a listing', () => {
  it('is one where there is room for it, and in a pipe', () => {
    const [head, ...rows] = renderFitting(ROWS).trimEnd().split('\n');
    expect(head).toMatch(/^began {21}outcome {8}changed$/);
    expect(rows).toHaveLength(2);
    expect(renderFitting(ROWS, 100)).toBe(renderFitting(ROWS));
  });

  it('is a block of lines for each row on a terminal of 40 columns', () => {
    expect(renderFitting(ROWS, 40)).toBe(`began    2026-01-02T03:04:05.000Z
outcome  updated
changed  index htpasswd map.yml
         showcases.yml tenants.list

began    2026-01-01T03:04:05.000Z
outcome  failed (disk)
changed  -
`);
  });

  it('cuts a word that is longer than a line', () => {
    expect(renderFitting([['index'], [`"${'0123456789'.repeat(4)}"`]], 20)).toBe('index  "01234567890…\n');
  });
});
