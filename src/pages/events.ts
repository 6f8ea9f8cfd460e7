import { compareBytes } from '../index/order.ts';
import type { Event, StudioYear } from '../index/types.ts';
import { type Days, knownLocale, readDays } from './dates.ts';
import { type Html, html } from './html.ts';
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
    .flatMap((entry) =>
      entry.events.map(
        (event): Line => ({ entry, event, days: event.date === null ? null : readDays(event.date) }),
      ),
    )
    .sort(byDays);
  const writer = view.days(locale);
  const written = knownLocale(locale);
  const dateLang = language(written) === language(lang) ? null : written;
  return html`<ul class="events">
${lines.map(({ entry, event, days }) => {
  const date = days ? writer.write(days) : event.date === null ? null : html`<bdi>${event.date}</bdi>`;
  const lang = days && dateLang !== null && html` lang="${dateLang}" dir="auto"`;
  return html`<li><a href="${view.links.event(entry, event)}"><bdi>${event.name}</bdi></a>${
    studios &&
    html`<span><a href="${view.links.studio(entry.studio.key)}"><bdi>${entry.studio.name}</bdi></a></span>`
  }${date && html`<span class="quiet"${lang}>${date}</span>`}</li>
`;
})}</ul>`;
}

function language(tag: string): string | undefined {
  return tag.split('-')[0]?.toLowerCase();
}

function byDays(a: Line, b: Line): number {
  if (a.days && b.days) return compareBytes(a.days.from, b.days.from) || compareBytes(a.days.to, b.days.to);
  return Number(a.days === null) - Number(b.days === null);
}
