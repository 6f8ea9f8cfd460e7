import { DEFAULT_LOCALE } from '../index/defaults.ts';
import { type Html, html } from './html.ts';
import { isKnownLocale } from './language.ts';

/** Days as the index has them: `YYYY-MM-DD`; `to` is not before `from`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const DAY = '(\\d{4}-\\d{2}-\\d{2})';
const DAYS = new RegExp(`^${DAY}(?:\\s*(?:-|–|/|to)\\s*${DAY})?$`);

/** Reads a day or a range of days; null for any other text, and for days that no calendar has. */
export function readDays(text: string): Days | null {
  const match = DAYS.exec(text.trim());
  const from = match?.[1];
  if (from === undefined) return null;
  const to = match?.[2] ?? from;
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  // Day 0 of the month after it: its last.
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The locale that days are written in: the default where there is none that can be used, never this machine's own. */
export function dayLocale(tag: string | null): string {
  return tag !== null && isKnownLocale(tag) ? tag : DEFAULT_LOCALE;
}

/** Writes days in one language; making one is slow, so one is made for each language and kept. */
export class DayWriter {
  readonly #format: Intl.DateTimeFormat;
  readonly #written = new Map<string, Html>();

  /** @param locale one that `dayLocale` has given */
  constructor(locale: string) {
    this.#format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
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
