import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceWriter, kilometresBetween, readPosition } from '../../../src/pages/client/distance.ts';
import { folded, hasAll, wordsOf } from '../../../src/pages/client/fold.ts';
import { byDistance, dayOf, isOver, nextOf } from '../../../src/pages/client/next-dates.ts';
import { readWish, writeWish } from '../../../src/pages/client/wish.ts';
import { VISIT_SCRIPT } from '../../../src/pages/visit-script.ts';

describe('the script of the visitors’ pages', () => {
  it('is smaller than 6,656 bytes, and asks for nothing over the network', () => {
    const script = String(VISIT_SCRIPT.render());
    expect(Buffer.byteLength(script)).toBeLessThan(6656);
    expect(script).not.toMatch(
      /\bfetch\b|XMLHttpRequest|WebSocket|sendBeacon|EventSource|\bimport\(|https?:/,
    );
  });
});

describe('a search', () => {
  const finds = (query: string, text: string) => hasAll(folded(text), wordsOf(query));

  it.each([
    ['wroclaw', 'Wrocław, Poland'],
    ['MONTREAL', 'Montréal, Québec'],
    ['Montréal', 'Montreal'],
    ['muller', 'Müller'],
    ['strasse', 'Straße'],
    ['lots love', '"Lot’s of Love" Medal Ball'],
    ["lot's", 'Lots of it'],
    ['mass', 'Boston, Massachusetts'],
    ['tea may 2026', 'Tea Dance Boston May 2026'],
    ['ショーケース', '夏のショーケース'],
    ['', 'anything'],
    ['  - ', 'anything'],
  ])('for %j finds %j', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it.each([
    ['may', 'Dismay'],
    ['tea boston', 'Tea Dance, Salem'],
    ['2025', 'May 2026'],
  ])('for %j does not find %j', (query, text) => {
    expect(finds(query, text)).toBe(false);
  });

  it('finds every text by any of its own words, however they are accented', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-composite' }), { maxLength: 6 }), (words) => {
        for (const word of words) expect(finds(word, words.join(' '))).toBe(true);
      }),
    );
  });
});

describe('a distance', () => {
  const boston = { lat: 42.36, lon: -71.06 };

  it.each([
    ['nothing', boston, 0],
    ['a degree of latitude', { lat: 43.36, lon: -71.06 }, 111.2],
    ['London', { lat: 51.51, lon: -0.13 }, 5265],
    ['the other side of the Earth', { lat: -42.36, lon: 108.94 }, Math.PI * 6371],
  ])('from Boston to %s is that of the great circle, to a thousandth', (_, to, km) => {
    expect(Math.abs(kilometresBetween(boston, to) - km)).toBeLessThanOrEqual(km / 1000);
  });

  it.each([
    ['en-US', 1.609344 * 12, '12 mi'],
    ['en', 1.609344 * 1234, '1,234 mi'],
    ['en-GB', 0.4, 'under 1 mi'],
    ['de-DE', 12.4, '12 km'],
    ['en-CA', 0, 'under 1 km'],
  ])('is written for a visitor with %s in the unit of the country', (visitor, km, text) => {
    expect(distanceWriter(visitor)(km)).toBe(text);
  });

  it('needs two numbers', () => {
    expect(readPosition('42.36,-71.06')).toEqual(boston);
    for (const text of [undefined, '', '1', 'a,b', '1,', ',1', 'x', '1,NaN', 'Infinity,1']) {
      expect([text, readPosition(text)]).toEqual([text, null]);
    }
  });
});

describe('what is looked for', () => {
  it('stands in the address, and is read from it again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (find, near) => {
        const hash = writeWish({ find, near });
        const expected =
          find === '' && near === '' ? null : { find: find.toWellFormed(), near: near.toWellFormed() };
        expect(readWish(hash)).toEqual(expected);
      }),
    );
  });

  it('leaves the address as it is where there is nothing', () => {
    expect(writeWish({ find: '', near: '' })).toBe('');
    expect(writeWish({ find: 'tea dance', near: '' })).toBe('#find=tea+dance');
    for (const hash of ['', '#us-ma', '#2026-05']) expect(readWish(hash)).toBeNull();
  });
});

describe('what is on next', () => {
  const on = (from: string, to = from, km: number | null = null) => ({ from, to, km });

  it('is what today and later days are known of, earliest first', () => {
    const all = [on('2026-05-03'), on('2026-04-30', '2026-05-02'), on('2026-04-01'), on('', '2026-12-31')];
    expect(nextOf(all, '2026-05-02').map(({ from }) => from)).toEqual(['2026-04-30', '2026-05-03']);
  });

  it('is the earliest within a hundred miles, then what is nearest; what has no place is last', () => {
    const all = [
      on('2026-05-01', '2026-05-01'),
      on('2026-05-02', '2026-05-02', 900),
      on('2026-05-03', '2026-05-03', 162),
      on('2026-05-05', '2026-05-05', 0),
      on('2026-05-04', '2026-05-04', 160),
    ];
    expect(nextOf(all, '2026-01-01').map(({ km }) => km)).toEqual([160, 0, 162, 900, null]);
    expect(nextOf([on('2026-05-02'), on('2026-05-01')], '2026-01-01').map(({ from }) => from)).toEqual([
      '2026-05-01',
      '2026-05-02',
    ]);
    expect(byDistance(on('', '', 1), on('', '', 2))).toBeLessThan(0);
  });

  it('ends with its last day, and a month with its end', () => {
    expect(isOver(on('2026-05-01', '2026-05-02'), '2026-05-02')).toBe(false);
    expect(isOver(on('2026-05-01', '2026-05-02'), '2026-05-03')).toBe(true);
    expect(isOver(on('2026-05'), '2026-05-31')).toBe(false);
    expect(isOver(on('2026-05'), '2026-06-01')).toBe(true);
    expect(isOver(on('', ''), '2026-06-01')).toBe(false);
  });

  it('is seen from a day of the visitor’s own calendar', () => {
    expect(dayOf(new Date(2026, 0, 9, 23, 59))).toBe('2026-01-09');
  });
});
