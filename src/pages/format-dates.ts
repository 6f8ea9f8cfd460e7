import { type Html, html } from '../html/html.ts';
import type { Days } from '../index/read-dates.ts';

/** `medium` shortens the month's name. */
export type DateStyle = 'long' | 'medium';

/** Writes days in one language; making one is slow, so one is made for each language and kept. */
export class DayWriter {
  readonly #format: Intl.DateTimeFormat;
  readonly #written = new Map<string, Html>();

  /** @param locale one that `dayLocale` has given */
  constructor(locale: string, dateStyle: DateStyle = 'long') {
    this.#format = new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' });
  }

  /** Each end of a range is a time of its own, and what both share stands beside them: `March 7 – 8, 2025`. */
  write({ from, to }: Days): Html {
    const name = `${from}/${to}`;
    const known = this.#written.get(name);
    if (known) return known;
    const made = this.#render(from, to);
    this.#written.set(name, made);
    return made;
  }

  /** The same as plain text. */
  text({ from, to }: Days): string {
    return this.#format.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
  }

  #render(from: string, to: string): Html {
    const [first, last] = [new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`)];
    if (from === to) return html`<time datetime="${from}">${this.#format.format(first)}</time>`;
    const texts: { source: string; text: string }[] = [];
    for (const { source, value } of this.#format.formatRangeToParts(first, last)) {
      const before = texts.at(-1);
      if (before?.source === source) before.text += value;
      else texts.push({ source, text: value });
    }
    return html`${texts.map(({ source, text }) => {
      if (source === 'shared') return text;
      return html`<time datetime="${source === 'startRange' ? from : to}">${text}</time>`;
    })}`;
  }
}

let months: Intl.DateTimeFormat | undefined;

/** `2026-02` as pages of all studios call it: `February 2026`. */
export function monthName(month: string): string {
  months ??= new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return months.format(new Date(`${month}-01T00:00:00Z`));
}
