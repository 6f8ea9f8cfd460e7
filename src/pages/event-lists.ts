import { type Html, html } from '../html/html.ts';
import type { Event, StudioYear } from '../index/index-model.ts';
import { dayLocale } from '../index/locale.ts';
import type { Days } from '../index/read-dates.ts';
import { compareBytes } from '../index/sort-order.ts';
import { languageOf, renderName } from './language.ts';
import type { SiteView, When } from './view.ts';

/** An event and when it is, ready to be put in order. */
interface Line {
  readonly entry: StudioYear;
  readonly event: Event;
  readonly when: When | null;
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
 * Events by date: those whose days can be read, earliest first, then those whose date is missing or names no day, in the
 * order of the index. What somebody typed is shown as typed.
 */
export function renderEvents(
  view: SiteView,
  entries: readonly StudioYear[],
  { studios, locale, lang }: ListOptions,
): Html {
  const lines = entries
    .flatMap((entry) =>
      entry.events.map((event): Line => ({ entry, event, when: view.whenOf(entry, event) })),
    )
    .sort(byDays);
  const writer = view.writerFor(locale);
  const written = dayLocale(locale);
  const foreign = languageOf(written) !== languageOf(lang) && html` lang="${written}" dir="auto"`;
  return html`<ul class="events">
${lines.map(({ entry, event, when }) => {
  const { key, name, locale: own } = entry.studio;
  const link = html`<a href="${view.links.event(entry, event)}">${renderName(event.name, own, lang)}</a>`;
  const owner =
    studios && html` <a class="who" href="${view.links.studio(key)}">${renderName(name, own, lang)}</a>`;
  const typed = event.date !== null && renderName(event.date, own, lang);
  const date =
    when === null || !typed
      ? typed
      : when.typed
        ? renderTyped(when.days, typed)
        : html`<span${foreign}>${writer.write(when.days)}</span>`;
  return html`<li>${date && html`<span class="when">${date}</span> `}<span class="what">${link}</span>${owner}</li>
`;
})}</ul>`;
}

/** The days that a text means, for programs; the last of several stands behind it, since the text is not taken apart. */
function renderTyped({ from, to }: Days, text: Html): Html {
  return html`<time datetime="${from}">${text}</time>${to !== from && html`<time datetime="${to}"></time>`}`;
}

function byDays({ when: a }: Line, { when: b }: Line): number {
  if (a && b) return compareBytes(a.days.from, b.days.from) || compareBytes(a.days.to, b.days.to);
  return Number(a === null) - Number(b === null);
}
