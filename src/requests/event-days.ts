import type { Days } from '../index/read-dates.ts';
import type { Problems } from './form-text.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
/** Years that somebody may mean. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2100;
/** Days of the longest event; more is a slip of the month or the year. */
const LONGEST = 31;
/** To the same weekday of the next year. */
const YEAR_OF_WEEKS = 52 * 7;

/**
 * The first and the last day of an event as they were typed, `YYYY-MM-DD` each; an empty last day is the first one.
 *
 * @returns null where one of them cannot be used, which the problems then say
 */
export function readFormDays(firstDay: string, lastDay: string, problems: Problems): Days | null {
  const first = dayOf('firstDay', 'The first day', firstDay, problems);
  const last = lastDay.trim() === '' ? first : dayOf('lastDay', 'The last day', lastDay, problems);
  if (first === null || last === null) return null;
  const length = daysBetween(first, last) + 1;
  if (length < 1) problems.add('lastDay', 'The last day is before the first one.');
  else if (length > LONGEST) {
    problems.add('lastDay', `The event would last ${length} days, more than ${LONGEST}. Is the year right?`);
  } else return { from: first, to: last };
  return null;
}

/** As the platform writes it, but one day is one day: `2027-03-05`, or `2027-03-05 - 2027-03-07`. */
export function dateText({ from, to }: Days): string {
  return from === to ? from : `${from} - ${to}`;
}

/** Whether two events have a day in common; a whole month, `YYYY-MM`, counts as no day. */
export function overlap(a: Days, b: Days): boolean {
  return [a, b].every(({ from, to }) => isDay(from) && isDay(to)) && a.from <= b.to && b.from <= a.to;
}

/** The same days 52 weeks later: the same weekdays. Null for whole months. */
export function nextYear({ from, to }: Days): Days | null {
  if (!isDay(from) || !isDay(to)) return null;
  return { from: moved(from), to: moved(to) };
}

/** Whether the calendar has a day that is written so. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function dayOf(field: string, noun: string, typed: string, problems: Problems): string | null {
  const day = typed.trim();
  const year = Number(day.slice(0, 4));
  if (day === '') problems.add(field, `${noun} is missing.`);
  else if (!isDay(day)) problems.add(field, `${noun} must be a day of the calendar, such as 2027-03-05.`);
  else if (year < FIRST_YEAR || year > LAST_YEAR) {
    problems.add(field, `${noun} must be in a year from ${FIRST_YEAR} to ${LAST_YEAR}.`);
  } else return day;
  return null;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

function moved(day: string): string {
  return new Date(Date.parse(day) + YEAR_OF_WEEKS * DAY_MS).toISOString().slice(0, 10);
}
