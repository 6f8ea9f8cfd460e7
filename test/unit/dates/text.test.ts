import { describe, expect, it } from 'vitest';
import { MAX_DATE, readDateText } from '../../../src/dates/date-cell.ts';

describe('readDateText', () => {
  // As studios have written them.
  it.each([
    '2025-10-24',
    '2025-10-24 - 2025-10-26',
    'Saturday, June 11, 2022',
    '23-24 September 2022',
    '9/8/2022',
    'July 29 & 30, 2022',
    '25th of MAy',
    '2023',
    '11-11-23',
    '2026年3月7日',
  ])('accepts %j unchanged', (text) => expect(readDateText(text)).toEqual({ date: text }));

  it('drops white space around a date and reduces it inside', () => {
    expect(readDateText('\t Saturday  November\n9th, 2024 ')).toEqual({
      date: 'Saturday November 9th, 2024',
    });
  });

  it.each([
    ['to be announced', 'has no digit, so it is not a date'],
    ['2025-02-30', 'names 2025-02-30, which is not a day of the calendar'],
    ['2025-10-24 - 2025-13-01', 'names 2025-13-01, which is not a day of the calendar'],
    ['2025\u0000-10', 'holds characters that are not text'],
    ['2025 \ufffd', 'holds characters that are not text'],
    [`2025${'x'.repeat(MAX_DATE)}`, `is longer than ${MAX_DATE} characters`],
  ])('does not take %j', (text, problem) => expect(readDateText(text)).toEqual({ problem }));
});
