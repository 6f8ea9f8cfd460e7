import { compareBytes } from '../index/order.ts';
import type { Event, StudioYear } from '../index/types.ts';
import { type Days, dayLocale } from './dates.ts';
import { type Html, html } from './html.ts';
import { languageOf, renderName } from './language.ts';
import type { SiteView } from './view.ts';

/** An event and when it is, ready to be put in order. */
interface Line {
  readonly entry: StudioYear;
  readonly event: Event;
  readonly days: Days | null;
}

interface ListOptions {
  /** Whether each event says whose it is. */
  readonly studios: boolean;
  /** What days are written in. */
  readonly locale: string | null;
  /** What the page is written in. */
  readonly lang: string;
}

/**
 * Events by date: those whose days can be read, earliest first, then those whose date is free text or missing, in the
 * order of the index.
 */
export function renderEvents(
  view: SiteView,
  entries: readonly StudioYear[],
  { studios, locale, lang }: ListOptions,
): Html {
  const lines = entries
    .flatMap((entry) => entry.events.map((event): Line => ({ entry, event, days: view.daysOf(event) })))
    .sort(byDays);
  const writer = view.writerFor(locale);
  const written = dayLocale(locale);
  const foreign = languageOf(written) !== languageOf(lang) && html` lang="${written}" dir="auto"`;
  return html`<ul class="events">
${lines.map(({ entry, event, days }) => {
  const { key, name, locale: own } = entry.studio;
  const link = html`<a href="${view.links.event(entry, event)}">${renderName(event.name, own, lang)}</a>`;
  const owner =
    studios && html` <a class="who" href="${view.links.studio(key)}">${renderName(name, own, lang)}</a>`;
  const date = days
    ? html`<span${foreign}>${writer.write(days)}</span>`
    : event.date !== null && renderName(event.date, own, lang);
  return html`<li>${date && html`<span class="when">${date}</span> `}<span class="what">${link}</span>${owner}</li>
`;
})}</ul>`;
}

function byDays(a: Line, b: Line): number {
  if (a.days && b.days) return compareBytes(a.days.from, b.days.from) || compareBytes(a.days.to, b.days.to);
  return Number(a.days === null) - Number(b.days === null);
}
