import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReadableDate, readDays } from '../../../src/index/read-dates.ts';
import { DayWriter } from '../../../src/pages/format-dates.ts';
import { anyText } from '../../support/properties/any-text.ts';

/** What a calendar has: days of four-digit years, or whole months. */
function isOfCalendar(text: string): boolean {
  if (/^[1-9]\d{3}-(?:0[1-9]|1[0-2])$/.test(text)) return true;
  const time = /^[1-9]\d{3}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return time !== null && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

const LOCALES = [
  'en-US',
  'en-AU',
  'fr-CA',
  'it-IT',
  'de-DE',
  'pl-PL',
  'uk-UA',
  'ja-JP',
  'es-ES',
  'ar-EG',
  'sv-SE',
];
const PARTS =
  "May|may.|Sept|December|Jan|5|05|18|31|32|2024|24|0|0000|1st|2nd|Sat|Sunday,|of|the|and|&| - |-|–|/|.|,|(|)| |\n|月|日|年|to|mai|TBD|#05|~|%|'24|٥|²|ⅴ|\u202e|\0".split(
    '|',
  );

describe('any text read as a date', () => {
  const context = fc.record({
    locale: fc.constantFrom(null, 'xx-YY', 'not a locale', ...LOCALES),
    year: fc.integer({ min: 1000, max: 9999 }),
  });
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...PARTS), { maxLength: 9 }).map((parts) => parts.join('')),
    fc.array(fc.constantFrom(...PARTS), { maxLength: 9 }).map((parts) => parts.join(' ')),
    anyText(),
  );

  it('is not an error, and gives real days, in order, or none', () => {
    fc.assert(
      fc.property(texts, context, (text, where) => {
        const days = readDays(text, where);
        isReadableDate(text, where);
        if (days === null) return;
        expect(isOfCalendar(days.from)).toBe(true);
        expect(isOfCalendar(days.to)).toBe(true);
        expect(days.from <= days.to).toBe(true);
        expect(days.from.length).toBe(days.to.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('in a usual form means the same with extra space, which other code reads', () => {
    const number = fc.integer({ min: 0, max: 40 }).map(String);
    const typed = fc.record({
      weekday: fc.constantFrom('', 'Saturday, ', 'SUNDAY ', 'Tuesday, '),
      month: fc.constantFrom('May', 'june', 'Sep', 'Sept', 'December', 'Mai', 'dec', 'Febr', 'Marsch'),
      days: fc.oneof(
        number,
        fc.tuple(number, number).map(([first, last]) => `${first}-${last}`),
      ),
      year: fc.constantFrom('', ', 2024', ' 2025', ', 0000', ',2024'),
    });
    fc.assert(
      fc.property(typed, context, ({ weekday, month, days, year }, where) => {
        const wide = readDays(`${weekday}${month}  ${days}${year}`, where);
        expect(readDays(`${weekday}${month} ${days}${year}`, where)).toEqual(wide);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const part of PARTS) readDays(part.repeat(100_000), { locale: 'ja-JP', year: 2024 });
  });
});

describe('a formatted day', () => {
  const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2999-12-25'), noInvalidDate: true });
  const isoOf = (time: Date) => time.toISOString().slice(0, 10);

  it.each(LOCALES)('that pages write in %s is read as that day, and so are several', (locale) => {
    const writer = new DayWriter(locale);
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 5 }), (time, more) => {
        const [from, to] = [isoOf(time), isoOf(new Date(time.getTime() + more * 86_400_000))];
        const text = writer
          .write({ from, to })
          .toString()
          .replaceAll(/<[^>]*>/g, '');
        expect([text, readDays(text, { locale, year: 2024 })]).toEqual([text, { from, to }]);
      }),
    );
  });
});

it.each([
  ...LOCALES,
  'en-CA',
  'en-GB',
  'en-NZ',
  'en-PH',
  'fr-FR',
  'zh-CN',
  'ko-KR',
  'hu-HU',
  'lt-LT',
  'nl-NL',
  'pt-BR',
])('dates of numbers alone are in %s in the order of its country', (locale) => {
  const format = new Intl.DateTimeFormat(locale, { month: 'numeric', day: 'numeric', calendar: 'gregory' });
  const order = format.formatToParts(0).find(({ type }) => type === 'day' || type === 'month')?.type;
  const day = order === 'day' ? '2024-10-09' : '2024-09-10';
  expect(readDays('9/10/2024', { locale, year: 2024 })).toEqual({ from: day, to: day });
});
