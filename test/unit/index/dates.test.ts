import { describe, expect, it } from 'vitest';
import { isReadableDate, readDays } from '../../../src/index/read-dates.ts';

/** `from..to`, or one day; null for what gives no day. */
function read(text: string, locale: string | null = null, year = 2024): string | null {
  const days = readDays(text, { locale, year });
  if (days === null) return null;
  return days.from === days.to ? days.from : `${days.from}..${days.to}`;
}

type Case = [text: string, expected: string | null, locale?: string | null, year?: number];

describe('a date as people type it', () => {
  it.each<Case>([
    // A day, the month by its name.
    ['May 18, 2024', '2024-05-18'],
    ['May 18 2024', '2024-05-18'],
    ['September 29,2023', '2023-09-29'],
    ['Dec. 4th, 2022', '2022-12-04'],
    ['December 2nd 2023', '2023-12-02'],
    ['SEPT 1ST', '2024-09-01'],
    ['25th of MAy', '2024-05-25'],
    ['the 24th of August', '2024-08-24'],
    ['17 November 2024', '2024-11-17'],
    ['6th April 2024', '2024-04-06'],
    ['18-May-2024', '2024-05-18'],
    ['18May2024', '2024-05-18'],
    ['18-May-24', '2024-05-18'],
    ['2024 May 18', '2024-05-18'],
    ['on May 18.', '2024-05-18'],
    ["May 18 '25", '2025-05-18'],
    ['August 26, 2023', '2023-08-26'],
    ['\n  May\t18,\r\n2024 ', '2024-05-18'],
    // Days of the week say nothing that the day does not.
    ['Saturday, June 11', '2024-06-11'],
    ['Saturday  November 9th, 2024', '2024-11-09'],
    ['Sat. Nov. 9', '2024-11-09'],
    ['November 9 (Saturday)', '2024-11-09'],
    ['Sat & Sun, May 18 & 19', '2024-05-18..2024-05-19'],
    ['Saturday, May 18 and Sunday, May 19', '2024-05-18..2024-05-19'],
    // Nor does a time.
    ['May 18 at 7pm', '2024-05-18'],
    ['May 18 @ 7pm', '2024-05-18'],
    ['May 18 from 6pm to 10:30 pm', '2024-05-18'],
    ['May 18, 7:00 PM - 10:30 PM', '2024-05-18'],
    ['Saturday 18 May 19:00', '2024-05-18'],
    // Several days.
    ['September 6-7, 2024', '2024-09-06..2024-09-07'],
    ['September 6 – 7', '2024-09-06..2024-09-07'],
    ['September 20/21', '2024-09-20..2024-09-21'],
    ['May 18 & 19', '2024-05-18..2024-05-19'],
    ['August 16 and 17 2024 ', '2024-08-16..2024-08-17'],
    ['March 4, 5 & 6', null],
    ['March 4 & 5 & 6', '2024-03-04..2024-03-06'],
    ['June 21 to 24', '2024-06-21..2024-06-24'],
    ['from June 21 through June 24, 2025', '2025-06-21..2025-06-24'],
    ['23-24 September 2022', '2022-09-23..2022-09-24'],
    ['15 & 16 June 2024', '2024-06-15..2024-06-16'],
    // Over the end of a month, and of a year.
    ['May 31 - June 2, 2024', '2024-05-31..2024-06-02'],
    ['31 May - 2 June', '2024-05-31..2024-06-02'],
    ['December 30 - January 2', '2024-12-30..2025-01-02'],
    ['December 30 - January 2, 2025', '2024-12-30..2025-01-02'],
    ['December 30, 2024 - January 2', '2024-12-30..2025-01-02'],
    ['Dec 30, 2024 - Jan 2, 2025', '2024-12-30..2025-01-02'],
    // Numbers alone, as the country orders them.
    ['9/10/2025', '2025-09-10'],
    ['02/27/2024', '2024-02-27'],
    ['09-15-2024', '2024-09-15'],
    ['9.15.2024', '2024-09-15'],
    ['7/28/23', '2023-07-28', null, 2023],
    ['11-11-23', '2023-11-11', null, 2023],
    ['04/05/25', '2025-04-05'],
    ['9/10', '2024-09-10'],
    ['9/6-7/2024', '2024-09-06..2024-09-07'],
    ['9/6 - 9/7/2024', '2024-09-06..2024-09-07'],
    ['9/30/24 to 10/1/24', '2024-09-30..2024-10-01'],
    ['12/31 - 1/1', '2024-12-31..2025-01-01'],
    ['9/10/2025', '2025-10-09', 'en-AU'],
    ['9/10/2025', '2025-10-09', 'it-IT'],
    ['6-7/9/2024', '2024-09-06..2024-09-07', 'en-AU'],
    ['24.8.2024', '2024-08-24', 'de-DE'],
    ['24.8.', '2024-08-24', 'de-DE'],
    ['6.-7.9.2024', '2024-09-06..2024-09-07', 'de-DE'],
    // Where one order is impossible, the other is meant.
    ['23/11/2025', '2025-11-23'],
    ['11/23/2025', '2025-11-23', 'en-AU'],
    // As programs write them.
    ['2024-05-18', '2024-05-18'],
    ['2024/5/18', '2024-05-18'],
    ['2026-05-01 - 2026-05-02', '2026-05-01..2026-05-02'],
    ['2026-05-01/2026-05-02', '2026-05-01..2026-05-02'],
    ['on 2026-05-01', '2026-05-01'],
    // A month.
    ['May 2024', '2024-05'],
    ['May', '2024-05'],
    ['May - June', '2024-05..2024-06'],
    ['2024-05', '2024-05'],
    // Other languages; English words are known everywhere.
    ['24 août 2024', '2024-08-24', 'fr-CA'],
    ['24 aout', '2024-08-24', 'fr-CA'],
    ['1er mai', '2024-05-01', 'fr-CA'],
    ['du 6 au 7 septembre', '2024-09-06..2024-09-07', 'fr-CA'],
    ['June 1st, 2024', '2024-06-01', 'fr-CA'],
    ['sabato 4 maggio 2024', '2024-05-04', 'it-IT'],
    ['4 e 5 mag', '2024-05-04..2024-05-05', 'it-IT'],
    ['6 al 7 de septiembre de 2024', '2024-09-06..2024-09-07', 'es-ES'],
    ['vom 6. bis 7. September 2024', '2024-09-06..2024-09-07', 'de-AT'],
    ['6./7. September', '2024-09-06..2024-09-07', 'de-AT'],
    ['5 maja 2024 r.', '2024-05-05', 'pl-PL'],
    ['5 травня 2024 року', '2024-05-05', 'uk-UA'],
    ['2024年5月3日(金)', '2024-05-03', 'ja-JP'],
    ['5月3日～5日', '2024-05-03..2024-05-05', 'ja-JP'],
    ['５月３日', '2024-05-03', 'ja-JP'],
    ['٢٠٢٤-٠٥-١٨', '2024-05-18', 'ar-EG'],
    ['31 janv. - 2 fév.', '2024-01-31..2024-02-02', 'fr-CA'],
    ['dal 31 genn. al 1° febb. 2024', '2024-01-31..2024-02-01', 'it-IT'],
    ["l'8 sett.", '2024-09-08', 'it-IT'],
    ['6 agos', '2024-08-06', 'es-ES'],
    // June or July.
    ['6 jui. 2024', null, 'fr-FR'],
    ['24 sierp.', '2024-08-24', 'pl-PL'],
    ["п'ятниця, 24 травня", '2024-05-24', 'uk-UA'],
    ['8月24日（土曜）', '2024-08-24', 'ja-JP'],
    ['24 och 25 augusti', '2024-08-24..2024-08-25', 'sv-SE'],
    // `de` belongs to the name of a month there, and says nothing all the same.
    ['18 de maig de 2024', '2024-05-18', 'ca-ES'],
    ['18 d’abril del 2024', '2024-04-18', 'ca-ES'],
    // An article in French.
    ['18. des. 2024', '2024-12-18', 'nb-NO'],
    ['2024년 5월 18일 토요일', '2024-05-18', 'ko-KR'],
    ['السبت، 18 مايو 2024', '2024-05-18', 'ar-EG'],
    // A sign that nobody sees is within the day of the week.
    ['سه\u200cشنبه ۵ مارس ۲۰۲۴', '2024-03-05', 'fa-IR'],
  ])('such as %j is %s (%s, %s)', (text, expected, locale = null, year = 2024) => {
    expect(read(text, locale, year)).toBe(expected);
    expect(isReadableDate(text, { locale, year })).toBe(expected !== null);
  });

  /** Not read, each for its reason; an administrator gets a warning, and the event comes after those with a day. */
  it.each([
    ['Spring', 'a season is no month'],
    ["May'18", 'a day, or a year'],
    ['next Saturday', 'nobody knows from when on'],
    ['May 18, 7-10pm', 'days or hours'],
    ['Mai 18', 'a word of a language that is neither English nor the studio’s'],
    ['Febuary 3', 'a misspelt month: to guess is worse than to say so'],
    ['May 4, 5, 6', 'commas that separate days look like those before a year'],
    ['May 18, 24', 'the year, or a second day'],
    ['9-10', 'two days, or a month and a day'],
    ['7.30', 'a time, in a country that writes days with slashes'],
    ['26-05-01', 'a short year in front, which looks like one at the end'],
    ['5/18/31', 'a short year that is not near the event’s'],
    ['May 18, May 25, June 1', 'more than two days by name'],
    ['May 7-6', 'ends before it begins'],
    ['2026-05-02 - 2026-05-01', 'ends before it begins'],
    ['June 2 - May 31', 'ends before it begins, and New Year is not near'],
    ['February 30', 'no such day'],
    ['2025-02-29', 'no such day'],
    ['31/31/2024', 'no such month, in whatever order'],
    ['0000-01-01', 'no such year'],
    ['0999-12-31', 'no year that an event can have'],
    ['2026-05-01 - ', 'cut short'],
    ['2026-05-01 -- 2026-05-02', 'not how anybody writes it'],
    ['2026-05-01T00:00:00', 'a time of day'],
    ['1 2 3', 'nothing between the numbers'],
    ['12345', 'a number'],
    ['-', 'nothing'],
    ['Null', 'nothing'],
    [`May ${'1'.repeat(5000)}`, 'too long'],
  ])('such as %j is not read: %s', (text) => {
    expect(read(text)).toBeNull();
    expect(isReadableDate(text, { locale: null, year: 2024 })).toBe(false);
  });

  it.each([
    '2024',
    ' 2025 ',
    'TBD',
    'tba',
    'T.B.A.',
    'TBD 2025',
    '2025: to be announced',
    'To be determined',
    '',
  ])('such as %j is understood, and gives no day', (text) => {
    expect(read(text)).toBeNull();
    expect(isReadableDate(text, { locale: null, year: 2024 })).toBe(true);
  });
});
