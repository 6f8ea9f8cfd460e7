import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimId } from '../../../src/journal/pushed-ids.ts';
import { makeDbDir } from '../../support/journal/db-dir.ts';

/** Seconds since 1970. */
const NOW = 1_800_000_000;
const HALF_AN_HOUR = 1800;

let dbDir: string;
beforeEach(() => {
  dbDir = makeDbDir();
});
const refusal = (id: string, timestamp = NOW, now = NOW) => claimId(dbDir, { id, timestamp }, now);
const claim = (...args: Parameters<typeof refusal>): boolean => refusal(...args) === null;
const remembered = () => readdirSync(join(dbDir, '.update_config/pushed'));

describe('the id of a pushed message', () => {
  it('is used up by the first request, whatever time the next one signs', () => {
    expect(claim('a')).toBe(true);
    expect(claim('a')).toBe(false);
    expect(claim('a', NOW + 10)).toBe(false);
    expect(claim('b')).toBe(true);
    expect(claim('../../a')).toBe(true);
    expect(remembered()).toHaveLength(3);
  });

  it('is forgotten once its message is far too old to be accepted', () => {
    claim('a');
    claim('b', NOW + HALF_AN_HOUR, NOW + HALF_AN_HOUR);
    expect(remembered()).toHaveLength(2);
    claim('c', NOW + 2 * HALF_AN_HOUR, NOW + 2 * HALF_AN_HOUR);
    expect(remembered().filter((name) => name.startsWith('floor'))).toEqual([`floor-${NOW}`]);
    expect(remembered()).toHaveLength(3);
    claim('d', NOW + 4 * HALF_AN_HOUR, NOW + 4 * HALF_AN_HOUR);
    expect(remembered().filter((name) => name.startsWith('floor'))).toEqual([
      `floor-${NOW + 2 * HALF_AN_HOUR}`,
    ]);
  });

  it('is not accepted again if it was forgotten and the clock was then set back', () => {
    claim('a');
    claim('b', NOW + 2 * HALF_AN_HOUR, NOW + 2 * HALF_AN_HOUR);
    expect(claim('a')).toBe(false);
    expect(claim('never-seen', NOW - 1)).toBe(false);
    expect(claim('later', NOW + 1)).toBe(true);
    expect(refusal('a')).toBe(
      'this clock was ahead before, so nothing counts until 2027-01-15T08:00:00.000Z',
    );
    expect(refusal('later', NOW + 2)).toBe('its webhook-id was used before');
  });

  it('is remembered whatever else is in its directory, which stays unchanged', () => {
    claim('a');
    const directory = join(dbDir, '.update_config/pushed');
    mkdirSync(join(directory, 'lost+found'));
    utimesSync(join(directory, 'lost+found'), 0, 0);
    expect(claim('a')).toBe(false);
    expect(claim('b', NOW + 2 * HALF_AN_HOUR, NOW + 2 * HALF_AN_HOUR)).toBe(true);
    expect(remembered()).toContain('lost+found');
  });

  it('is refused if there are far too many', () => {
    claim('id-0');
    const directory = join(dbDir, '.update_config/pushed');
    // As claims leave them, each of which looks at all that are there.
    for (let at = 1; at < 1990; at++) {
      const path = join(directory, hash('sha256', `id-${at}`));
      writeFileSync(path, '');
      utimesSync(path, NOW, NOW);
    }
    expect(claim('id-1')).toBe(false);
    for (let at = 1990; at < 2000; at++) expect(claim(`id-${at}`)).toBe(true);
    expect(() => claim('one-more')).toThrow('2000 indexes were pushed here within 30 minutes');
    expect(claim('later', NOW + 2 * HALF_AN_HOUR, NOW + 2 * HALF_AN_HOUR)).toBe(true);
    expect(remembered()).toHaveLength(2);
  });
});
