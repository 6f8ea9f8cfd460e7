import type { Days } from '../index/read-dates.ts';

/** `medium` shortens the month's name. */
export type DateStyle = 'long' | 'medium';

/** Writes days in one language; making one is slow, so one is made for each language and kept. */
export class DayWriter {
  readonly #format: Intl.DateTimeFormat;
  readonly #written = new Map<string, string>();

  /** @param locale one that `dayLocale` has given */
  constructor(locale: string, dateStyle: DateStyle = 'long') {
    this.#format = new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' });
  }

  /** What both ends of a range share is written once: `March 7 – 8, 2025`. */
  write({ from, to }: Days): string {
    const name = `${from}/${to}`;
    const known = this.#written.get(name);
    if (known !== undefined) return known;
    const made = this.#format.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
    this.#written.set(name, made);
    return made;
  }
}

let months: Intl.DateTimeFormat | undefined;

/** `2026-02` as pages of all studios call it: `February 2026`. */
export function monthName(month: string): string {
  months ??= new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return months.format(new Date(`${month}-01T00:00:00Z`));
}
