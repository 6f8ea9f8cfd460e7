import { describe, expect, it } from 'vitest';
import { daysWords, sentence } from '../../../src/web/request/request-page.ts';
import { medianOf, timeLeft, timeLeftWords } from '../../../src/web/request/time-left.ts';

describe('the time left', () => {
  const base = { now: 10_000, began: null, aheadBegan: null, notBefore: null, usual: 4000 };

  it.each([
    ['nobody knows without an earlier run', { ...base, usual: null }, null],
    ['is that of earlier runs before the beginning', base, 4000],
    ['is what is left of that afterwards', { ...base, began: 9000 }, 3000],
    ['is 0 where it takes longer', { ...base, began: 1000 }, 0],
    ['counts the run that is ahead', { ...base, aheadBegan: 8000 }, 6000],
    ['counts the pause before a retry', { ...base, notBefore: 15_000 }, 9000],
  ] as const)('%s', (_, timing, left) => expect(timeLeft(timing)).toBe(left));

  it.each([
    [null, ''],
    [0, 'It takes longer than usual'],
    [300, 'About a second left'],
    [2500, 'About 3 seconds left'],
    [89_000, 'About 89 seconds left'],
    [130_000, 'About 2 minutes left'],
  ] as const)('of %s ms has words', (ms, words) => expect(timeLeftWords(ms)).toBe(words));

  it('is that of the middle one of earlier runs', () => {
    expect([medianOf([]), medianOf([5]), medianOf([9, 1, 5]), medianOf([1, 3])]).toEqual([null, 5, 5, 2]);
  });
});

describe('dates and sentences', () => {
  it.each([
    ['2027-03-05', '5 March 2027'],
    ['2027-03-05 - 2027-03-07', '5 March 2027 to 7 March 2027'],
    ['Spring 2027', 'Spring 2027'],
    ['', ''],
  ])('the date %j is shown as %j', (date, words) => expect(daysWords(date)).toBe(words));

  it('a message that is a part of a line becomes a sentence', () => {
    expect([sentence('it failed'), sentence('Look at it.'), sentence('')]).toEqual([
      'It failed.',
      'Look at it.',
      '',
    ]);
  });
});
