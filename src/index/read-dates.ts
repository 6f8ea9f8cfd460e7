import { marksOf } from './date-marks.ts';
import { namedShape, numericShape, type Part, type Shape } from './date-shapes.ts';
import { englishWords, isDayFirst, wordsOf } from './date-words.ts';

/** `YYYY-MM-DD`, or `YYYY-MM` for whole months, both alike; `to` is not before `from`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** What the event adds to the text: the year, if the text has none, and the country whose format it uses. */
export interface DateContext {
  readonly year: number;
  /** Of the studio. */
  readonly locale: string | null;
}

const DAY = '(\\d{4}-\\d{2}-\\d{2})';
const MACHINE = new RegExp(`^${DAY}(?:\\s*(?:-|–|/|to)\\s*${DAY})?$`);

/** Years that an event can have. */
const FIRST_YEAR = 1000;
const LAST_YEAR = 9999;

/** Reads days as the platform's own form writes them: `2026-05-01 - 2026-05-02`, or one of them. */
export function readMachineDays(text: string): Days | null {
  const trimmed = text.trim();
  // Most others have no hyphen there, and need no expression to be compiled for them.
  if (trimmed[4] !== '-') return null;
  const match = MACHINE.exec(trimmed);
  const from = match?.[1];
  if (from === undefined) return null;
  const to = match?.[2] ?? from;
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

/**
 * Reads the days of free text, in English or in the studio's language: `September 6-7, 2024`, `24th of August`,
 * `9/10/2025`. Null for text that names no day, or that is ambiguous: a wrong place in the list is worse than none.
 */
export function readDays(text: string, { year, locale }: DateContext): Days | null {
  const days = readMachineDays(text) ?? readPlainEnglish(text, year);
  if (days) return days;
  // A word of the studio's language may mean something in English, or nothing: `des` is December in Norwegian.
  const shape = shapeOf(marksOf(text, englishWords()), locale) ?? shapeOf(inLanguageOf(locale, text), locale);
  return shape && daysOf(shape[0], shape[1], year);
}

function shapeOf(marks: string | null, locale: string | null): Shape | null {
  if (marks === null) return null;
  return marks.includes('#') ? namedShape(marks) : numericShape(marks, isDayFirst(locale));
}

/**
 * The usual forms: `Saturday, June 11`, `May 3-5, 2024`. This one expression gives the same result as all the others;
 * most indexes then need none of the others to be compiled.
 */
const PLAIN_ENGLISH =
  /^(?:(?:sun|mon|tues|wednes|thurs|fri|satur)day,? )?([a-z]{3,9}) (\d{1,2})(?:-(\d{1,2}))?(?:,? (\d{4}))?$/i;
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);

function readPlainEnglish(text: string, eventYear: number): Days | null {
  const [, name, day, lastDay = day, year] = PLAIN_ENGLISH.exec(text) ?? [];
  if (name === undefined) return null;
  const word = name.toLowerCase();
  const month = MONTHS.findIndex((one) => one === word || one.slice(0, 3) === word) + 1;
  if (month === 0) return null;
  const named = { year: year === undefined ? null : Number(year), month };
  return daysOf({ ...named, day: Number(day) }, { ...named, day: Number(lastDay) }, eventYear);
}

function inLanguageOf(locale: string | null, text: string): string | null {
  const words = /[^\d\s]/.test(text) ? wordsOf(locale) : null;
  return words && marksOf(text, words);
}

/** Words for "no day yet", with or without the year. */
const NO_DAY = /^[\d\s:,-]*(?:t\.?b\.?[acd]\.?|to be (?:announced|confirmed|decided|determined))[\d\s:,-]*$/i;
const YEAR_ALONE = /^\s*\d{4}\s*$/;

/** Whether a text has a clear meaning: it names days, or says that they are not known. */
export function isReadableDate(text: string, context: DateContext): boolean {
  return readDays(text, context) !== null || text.trim() === '' || YEAR_ALONE.test(text) || NO_DAY.test(text);
}

function daysOf(first: Part, last: Part, eventYear: number): Days | null {
  if (first.month === null || last.month === null) return null;
  // Days without a year are in two different years only around New Year.
  const more = first.month >= 11 && last.month <= 2 ? 1 : 0;
  const [firstYear, lastYear] = [fullYear(first, eventYear), fullYear(last, eventYear)];
  const year = firstYear ?? (lastYear === null ? eventYear : lastYear - more);
  const from = isoOf(year, first.month, first.day);
  const to = isoOf(lastYear ?? year + more, last.month, last.day);
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

/** A year of two digits means one near the event's; far from it, it is something else. Null for none. */
function fullYear({ year, shortYear }: Part, eventYear: number): number | null {
  if (shortYear === undefined) return year;
  const near = [eventYear, eventYear - 1, eventYear + 1].find((one) => one % 100 === shortYear);
  return near ?? Number.NaN;
}

function isoOf(...numbers: readonly (number | null)[]): string {
  return numbers.flatMap((number) => (number === null ? [] : [String(number).padStart(2, '0')])).join('-');
}

/** Whether a calendar has that day, or that month. */
function isDay(text: string): boolean {
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12)) return false;
  const day = text.length > 7 ? Number(text.slice(8)) : 1;
  // Asking a calendar takes longer than all the rest, and there can be 100,000 events.
  if (day <= 28) return day >= 1;
  // Day 0 of the month after it: its last.
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
