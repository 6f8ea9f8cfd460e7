import { describe, expect, it } from 'vitest';
import { costClass } from '../../../src/index/cost-class.ts';
import {
  hashProblem,
  parseHtpasswdLine,
  useridProblem,
  withoutTrailingSpace,
} from '../../../src/index/htpasswd.ts';
import { keyProblem, MAX_KEY_BYTES, pageKeyProblem } from '../../../src/index/keys.ts';
import { readPlace } from '../../../src/index/read-place.ts';
import { compareBytes } from '../../../src/index/sort-order.ts';
import { firstOfEachKind } from '../../../src/index/warnings.ts';
import { countRows, type Warning } from '../../../src/warning.ts';

const bcrypt = (cost: string) => `$2b$${cost}$${'a'.repeat(53)}`;
const crypt = (kind: 5 | 6, rounds: number | null, salt = 8) =>
  `$${kind}$${rounds === null ? '' : `rounds=${rounds}$`}${'s'.repeat(salt)}$${'d'.repeat(kind === 5 ? 43 : 86)}`;
const ssha = (bytes: number) => `{SSHA}${Buffer.alloc(bytes, 1).toString('base64')}`;

describe('a hash', () => {
  it.each([
    bcrypt('04'),
    bcrypt('16'),
    crypt(5, 1000),
    crypt(6, 1_000_000),
    crypt(5, null, 16),
    `$apr1$${'s'.repeat(8)}$${'d'.repeat(22)}`,
    '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
    ssha(21),
    ssha(84),
  ])('is good at its limits: %s', (hash) => expect(hashProblem(hash)).toBe(null));

  it.each([
    bcrypt('03'),
    bcrypt('17'),
    `${bcrypt('10')}a`,
    crypt(5, 999),
    crypt(6, 1_000_001),
    crypt(5, null, 17),
    `${crypt(6, null)}d`,
    `$apr1$${'s'.repeat(9)}$${'d'.repeat(22)}`,
    `$apr1$s$${'d'.repeat(21)}`,
    ssha(20),
    ssha(85),
    `{SHA}${Buffer.alloc(21).toString('base64')}`,
    '',
    'secret',
    '{MD5}abc',
    '$1$abc$def',
  ])('is refused beyond them: %s', (hash) => {
    expect(hashProblem(hash)).not.toBe(null);
    expect(costClass(hash)).toBe(null);
    if (hash.length > 8) expect(hashProblem(hash)).not.toContain(hash);
  });

  it('is verified up to bcrypt 14 and 200,000 rounds, and each cost is a class of its own', () => {
    expect([bcrypt('14'), bcrypt('15')].map(costClass)).toEqual(['bcrypt 14', null]);
    expect([crypt(5, 200_000), crypt(5, 200_001)].map(costClass)).toEqual(['sha-crypt 5 200000 8', null]);
    const all = [
      crypt(5, null),
      crypt(6, null),
      crypt(5, 5001),
      crypt(5, null, 9),
      bcrypt('10'),
      bcrypt('11'),
    ];
    expect(new Set(all.map(costClass)).size).toBe(all.length);
    expect(costClass(crypt(5, null))).toBe(costClass(crypt(5, 5000)));
  });
});

describe('a user name', () => {
  it('has up to 255 bytes, and nothing that would end it', () => {
    expect([useridProblem('a'.repeat(255)), useridProblem('é'.repeat(127))]).toEqual([null, null]);
    for (const name of [
      'a'.repeat(256),
      'é'.repeat(128),
      '',
      ' a',
      'a ',
      'a:b',
      'a\tb',
      'a\u2028',
      'a\ufffd',
    ])
      expect([name, useridProblem(name) === null]).toEqual([name, false]);
  });

  it('is what stands before the first colon of a whole line, whose end Navigator trims', () => {
    expect(withoutTrailingSpace('ann:x \t\r\n\u00a0')).toBe('ann:x');
    expect(parseHtpasswdLine(`ann:${bcrypt('10')}`)).toEqual({ userid: 'ann', hash: bcrypt('10') });
    for (const line of ['', 'ann', 'ann:', ':x', `ann:${bcrypt('10')}\nbob:x`, 'ann:se cret'])
      expect([line, 'reason' in parseHtpasswdLine(line)]).toEqual([line, true]);
  });
});

describe('a key', () => {
  it('has up to 94 bytes', () => {
    expect(MAX_KEY_BYTES).toBe(94);
    expect([keyProblem('a'.repeat(94)), keyProblem('é'.repeat(47))]).toEqual([null, null]);
    expect(keyProblem('a'.repeat(95))).toBe('is longer than 94 bytes');
    expect(keyProblem('é'.repeat(48))).toBe('is longer than 94 bytes');
  });

  it.each([
    '',
    '.',
    '..',
    'a..b',
    'a/b',
    'a b',
    'a\n',
    'e\u0301',
    'a.html',
    'a.PNG',
    'a.css',
    'a.xml',
    '$x',
    'a%',
  ])('cannot be one that a path cannot have: %j', (key) => expect(keyProblem(key)).not.toBe(null));

  it.each(['a', 'a.b', "o'hara", 'a+b', 'a_b-c', 'é', '東京', 'a.htmlx', 'index'])('may be %j', (key) => {
    expect(keyProblem(key)).toBe(null);
    expect(pageKeyProblem(key) === null).toBe(key !== 'index');
  });
});

describe('a place', () => {
  it('is within 90 and 180 degrees, both of it or none', () => {
    expect(readPlace(90, -180)).toEqual({ place: { lat: 90, lon: -180 }, note: null });
    expect(readPlace(null, null).note).toBe(null);
    for (const [lat, lon] of [
      [90.1, 10],
      [100, 40],
      [10, 180.1],
      ['x', 10],
      [10, Number.POSITIVE_INFINITY],
      [Buffer.alloc(1), 10],
    ] as const) {
      const { place, note } = readPlace(lat, lon);
      expect([lat, lon, place, note === null]).toEqual([lat, lon, { lat: null, lon: null }, false]);
    }
    expect(readPlace(100, 40).note).toContain('look swapped');
    expect(readPlace(10, 200).note).toContain('is -160 meant?');
    expect(readPlace(10, null)).toMatchObject({
      place: { lat: 10 },
      note: expect.stringContaining('latitude only'),
    });
  });
});

it('texts are in the order of their bytes, also beyond what two bytes hold', () => {
  const texts = ['', 'a', 'aa', 'b', 'é', '\ue000', '\uffff', '💃'];
  const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...texts].reverse().sort(compareBytes)).toEqual(byBytes);
});

it('the first hundred warnings of one kind are shown, and the number of the others', () => {
  const of = (count: number): Warning[] =>
    Array.from({ length: count }, (_, at) => ({
      table: 'users',
      id: at,
      row: `r${at}`,
      reason: `row ${at} is "x${at}"`,
    }));
  expect(firstOfEachKind(of(100))).toHaveLength(100);
  const told = firstOfEachKind([...of(102), { table: 'users', id: 1, row: 'r', reason: 'other' }]);
  expect(told).toHaveLength(102);
  expect(told.at(-1)).toMatchObject({
    id: null,
    rows: 2,
    reason: expect.stringContaining('2 more like this'),
  });
  expect(countRows(told)).toBe(103);
});
