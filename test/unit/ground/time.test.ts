import { execFileSync } from 'node:child_process';
import { describe, expect, it, test } from 'vitest';
import { parseTime } from '../../../src/time.ts';

const NOON = Date.UTC(2025, 10, 19, 12);

/** All of them noon in Greenwich. */
const NOTATIONS = [
  '2025-11-19 12:00:00 UTC',
  '2025-11-19 11:59:60 UTC',
  '2025-11-19 12:00:00.000000 UTC',
  ' 2025-11-19 12:00:00 Z ',
  '2025-11-19 07:00:00 -0500',
  '2025-11-19 07:00:00 -05:00',
  '2025-11-19T13:00:00+01:00',
  '2025-11-19T17:30:00.000+0530',
  '2025-11-19T13:00:00+01',
  '2025-11-19T12:00:00Z',
  '2025-11-19t12:00Z',
  '2025-11-19 07:00:00 EST',
  '2025/11/19 12:00:00 GMT',
  '20251119T120000Z',
  '20251119T070000-0500',
  '20251119T120000.000Z',
  '20251119120000Z',
  'Wed, 19 Nov 2025 12:00:00 GMT',
  'Wednesday, 19-Nov-25 12:00:00 GMT',
  'Wed, 19 Nov 2025 13:00:00 +0100',
  '19 Nov 2025 12:00:00 UTC',
  'Wed Nov 19 12:00:00 UTC 2025',
  '2025-11-19  12:00:00  UTC',
  '"2025-11-19 12:00:00 UTC"',
  '2025-11-19 12:00:00 +0000 UTC',
  '2025-11-19 07:00:00.000000001 -0500 EST m=+0.5',
  '2025-11-19T12:00:00Z[UTC]',
  '2025-11-19 13:00:00+01:00:00',
  '2025-11-19 01:00:00 PM A',
  '2025-11-19 12:00 PM UTC',
  '2025.11.19 12:00:00 UTC',
  '2025-Nov-19 12:00:00 Z',
  '12:00:00 UTC 2025-11-19',
  '12:00:00 UTC Wed, 19 Nov 2025',
  '12:00:00 +0000 Nov 19, 2025',
  'Wed Nov 19 2025 12:00:00 GMT+0000 (Coordinated Universal Time)',
  'Wed,19 Nov 2025 12:00:00 GMT',
  'Nov 19, 2025 12:00:00 UTC',
  'November 19th, 2025 12:00 pm GMT',
  '19th Nov 2025 12:00 UTC',
  '2025 Nov 19 12:00:00 GMT',
];

/** Those that Ruby reads in the zone of its machine, or not at all. */
const WITHOUT_ZONE = [
  '2025-11-19 12:00:00',
  '2025-11-19T12:00',
  '20251119T120000',
  '20251119120000',
  'Wed Nov 19 12:00:00 2025',
  'Wed, 19 Nov 2025 12:00:00',
  '12:00:00 Wed, 19 Nov 2025',
];

describe('a time of last change', () => {
  it.each([...NOTATIONS, ...WITHOUT_ZONE, '1763553600', '1763553600.0'])('is read as %j', (text) => {
    expect(parseTime(text)?.getTime()).toBe(NOON);
  });

  it.each([
    ['2025-11-19 12:00:00.5 UTC', NOON + 500],
    ['2025-11-19T12:00:00,123456789Z', NOON + 123],
    ['1763553600.25', NOON + 250],
    ['2025-11-19', Date.UTC(2025, 10, 19)],
    ['2025-323', Date.UTC(2025, 10, 19)],
    ['2025-11-19 12:15 AM', Date.UTC(2025, 10, 19, 0, 15)],
    ['Wed Nov 19 2025 12:00:00 GMT+0100 (Central European Standard Time)', NOON - 3_600_000],
    ['20251119', Date.UTC(2025, 10, 19)],
    ['Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ])('has the meaning of %j', (text, time) => {
    expect(parseTime(text)?.getTime()).toBe(time);
  });

  it.each([
    '',
    'yesterday',
    '2025-02-30 12:00:00 UTC',
    '2025-13-01 12:00:00 UTC',
    '2025-11-19 25:00:00 UTC',
    '2025-11-19 24:00:01 UTC',
    '2025-11-19 12:00:00 +24:00',
    '2025-11-19 12:00:00 -01:60',
    '2025-11-19 12:61:00 UTC',
    '2025-11-19 12:00:00 MOON',
    'Wed, 19 Nox 2025 12:00:00 GMT',
    '19.11.2025 12:00',
    '10/11/2025 12:00',
    '2025-11-19 12:00:00 CET',
    '2025-11-19 12:00:00 J',
    '2025-11-19 12:00 13:00',
    '2025-11-19 13:00 PM',
    '2025-06-19T12:00:00[Europe/London]',
    '2025-366',
    'Wed',
    `2025-11-19 ${'0'.repeat(1000)}`,
    '12:00:00',
    '1763',
  ])('is not read from %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });
});

test('Ruby reads the same from every time with a zone', () => {
  const script = "require 'time'; STDIN.each_line(chomp: true) { |line| puts Time.parse(line).to_i * 1000 }";
  const stdout = execFileSync('ruby', ['-e', script], { input: NOTATIONS.join('\n'), encoding: 'utf8' });
  expect(stdout.trim().split('\n').map(Number)).toEqual(NOTATIONS.map(() => NOON));
});
