import { type Html, html } from '../html/html.ts';
import type { Event, StudioYear } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import { type DayWriter, monthName } from './format-dates.ts';
import { renderName } from './language.ts';
import type { SiteView, When } from './view.ts';
import { ENGLISH, type Wording } from './wording.ts';

/** An event and when it is. */
export interface Line {
  readonly entry: StudioYear;
  readonly event: Event;
  readonly when: When | null;
}

/**
 * Events by date: those whose days can be read, earliest first, then those whose date is missing or names no day, in the
 * order of the index.
 */
export function linesOf(view: SiteView, entries: readonly StudioYear[]): Line[] {
  return entries
    .flatMap((entry) =>
      entry.events.map((event): Line => ({ entry, event, when: view.whenOf(entry, event) })),
    )
    .sort(byDays);
}

/** Some of what a studio has, in its language: what has a date, then, said so, what has none. */
export function renderOwnEvents(view: SiteView, entries: readonly StudioYear[], wording: Wording): Html {
  const { lang, labels } = wording;
  const writer = view.writerFor(lang);
  const items = linesOf(view, entries).map((line) => ({
    link: renderLink(view, line, lang),
    date: renderDate(line, writer, lang),
  }));
  const [dated, others] = [items.filter(({ date }) => date), items.filter(({ date }) => !date)];
  return html`${
    dated.length > 0 &&
    html`<ul class="events own">
${dated.map(
  ({ link, date }) => html`<li>${date} ${link}</li>
`,
)}</ul>
`
  }${
    others.length > 0 &&
    html`<p class="undated">${labels.noDate}</p>
<ul class="events own">
${others.map(
  ({ link }) => html`<li>${link}</li>
`,
)}</ul>
`
  }`;
}

/** Where lists of events of several studios stand. */
interface MonthOptions {
  /** Of headings of months: one below what the list is about. */
  readonly heading: 'h2' | 'h3';
  /** Before the ids of headings, where a page has several such lists. */
  readonly id: string;
  /** Whether each event says where it is, for distances. */
  readonly places: boolean;
}

/** A month's name, its events, and what a link within the page calls it. */
interface Month {
  readonly id: string;
  /** `February 2026`. */
  readonly name: string;
  /** `February`, if the list is about that year. */
  readonly short: string;
  readonly lines: readonly Line[];
}

/** Events of several studios in English, with a heading for each month, and one for those without a day. */
export function renderMonths(view: SiteView, entries: readonly StudioYear[], options: MonthOptions): Html {
  const lines = linesOf(view, entries);
  const months = monthsOf(lines, options.id);
  const heading = (text: string, id: string) =>
    options.heading === 'h2' ? html`<h2 id="${id}">${text}</h2>` : html`<h3 id="${id}">${text}</h3>`;
  return html`${months.length > 3 && renderJumps(months, options.id)}${months.map(
    ({ id, name, lines: own }) => html`<section>
${heading(name, id)}
<ul class="events">
${own.map((line) => renderLine(view, line, options.places))}</ul>
</section>
`,
  )}`;
}

function renderJumps(months: readonly Month[], prefix: string): Html {
  const label = `Months ${prefix.replace('-', '')}`.trim();
  return html`<nav class="jump" aria-label="${label}"><ul>
${months.map(
  ({ id, short }) => html`<li><a href="#${id}">${short}</a></li>
`,
)}</ul></nav>
`;
}

function monthsOf(lines: readonly Line[], prefix: string): Month[] {
  const byMonth = new Map<string, Line[]>();
  for (const line of lines) {
    const month = line.when?.days.from.slice(0, 7) ?? '';
    const known = byMonth.get(month);
    if (known) known.push(line);
    else byMonth.set(month, [line]);
  }
  return [...byMonth].map(([month, own]) => {
    const id = `${prefix}${month || 'no-date'}`;
    if (!month) return { id, name: ENGLISH.labels.noDate, short: ENGLISH.labels.noDate, lines: own };
    const name = monthName(month);
    const short = month.startsWith(String(own[0]?.entry.year)) ? name.replace(/ \d+$/, '') : name;
    return { id, name, short, lines: own };
  });
}

function renderLine(view: SiteView, line: Line, places: boolean): Html {
  const { key, name, locale } = line.entry.studio;
  const owner = view.studioByKey.get(key);
  const date = renderDate(line, view.writerFor(null), 'en');
  return html`<li${places && owner && renderPosition(owner.studio)}>${date && html`${date} `}${renderLink(view, line, 'en')} <span class="who"><a href="${view.links.studio(key)}">${renderName(name, locale, 'en')}</a>${owner?.area && html`, ${owner.area.name}`}</span></li>
`;
}

/** Degrees, to a kilometre: what a distance needs. */
export function renderPosition({ lat, lon }: { lat: number | null; lon: number | null }): Html | null {
  return lat === null || lon === null ? null : html` data-at="${lat.toFixed(2)},${lon.toFixed(2)}"`;
}

function renderLink(view: SiteView, { entry, event }: Line, lang: string): Html {
  return html`<a href="${view.links.event(entry, event)}">${renderName(event.name, entry.studio.locale, lang)}</a>`;
}

/**
 * Null where there is none, and where it says no more than the heading: the year. What somebody typed is shown as typed.
 * The days that it means are for programs, `data-to` the last of several for our script: HTML has no such thing for a range.
 */
export function renderDate({ entry, event, when }: Line, writer: DayWriter, lang: string): Html | null {
  if (event.date === null || event.date.trim() === String(entry.year)) return null;
  const text =
    when && !when.typed ? writer.write(when.days) : renderName(event.date, entry.studio.locale, lang);
  if (when === null) return html`<span class="when">${text}</span>`;
  const { from, to } = when.days;
  return html`<time datetime="${from}"${to !== from && html` data-to="${to}"`}>${text}</time>`;
}

function byDays({ when: a }: Line, { when: b }: Line): number {
  if (a && b) return compareBytes(a.days.from, b.days.from) || compareBytes(a.days.to, b.days.to);
  return Number(a === null) - Number(b === null);
}
