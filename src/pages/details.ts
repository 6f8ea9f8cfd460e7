import { type Html, html } from '../html/html.ts';
import { countEvents, type StudioYear, type Year } from '../index/index-model.ts';
import { aboutRegion, aboutStudio, aboutStudioYear, aboutYear, SITE } from './about-page.ts';
import { counted, renderCalendar } from './calendar.ts';
import { renderMonths, renderOwnEvents } from './event-lists.ts';
import { renderName } from './language.ts';
import { renderRegionName, renderStudioNames } from './overviews.ts';
import { canFollow, renderLayout, renderPasswords } from './page-layout.ts';
import { pointsOf, renderMaps } from './page-map.ts';
import { renderNext, renderSearch } from './search-tool.ts';
import { pictureOf } from './share-pictures.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import { ENGLISH, filled, wordingFor } from './wording.ts';

/** A region: its studios on the map and by name, their newest year by month. */
export function renderRegion(view: SiteView, region: RegionView): string {
  const maps = renderMaps(view, pointsOf(view, [region], region.studios, region), ENGLISH);
  const keys = new Set(region.studios.map(({ studio }) => studio.key));
  const years = view.recent
    .map(({ year, studios }) => ({ year, studios: studios.filter(({ studio }) => keys.has(studio.key)) }))
    .filter(({ studios }) => studios.length > 0)
    .slice(0, 1);
  const shown = years.reduce((sum, { studios }) => sum + countEvents(studios), 0);
  return renderLayout({
    view,
    about: aboutRegion(view, region),
    picture: pictureOf(view.pictures, region.studios),
    main: html`<h1><bdi title="${region.code}">${region.name}</bdi></h1>
<p class="quiet">A data center. It serves the events of these studios, which may be far from it.</p>
${renderSearch({ near: false })}${renderNext('Next dates', 3)}${maps}
<h2>Studios</h2>
${renderStudioNames(view, region.studios)}
${years.length > 0 && renderPasswords(ENGLISH)}
${renderCalendar(view, years, false)}${shown < region.events && html`<p class="quiet">Earlier events are on the pages of the studios.</p>`}`,
  });
}

/** So many events are shown at once, before years that are over close. */
const AT_ONCE = 12;

/** A studio, in its language: its events by year, its place on the map. */
export function renderStudio(view: SiteView, self: StudioView): string {
  const { studio, entries } = self;
  const wording = wordingFor(studio.locale);
  const { lang, labels } = wording;
  const region = studio.region === null ? undefined : view.regions.get(studio.region);
  const maps = self.place && renderMaps(view, pointsOf(view, [], [self], self), wording);
  const isRecent = view.recent.some(({ year }) => year === entries[0]?.year);
  return renderLayout({
    view,
    about: aboutStudio(view, self),
    picture: pictureOf(view.pictures, [self]),
    wording,
    main: html`<h1>${renderName(studio.name, studio.locale, lang)}</h1>
<p class="ask"><a class="button" href="${view.links.request(studio.key)}">${view.hasWeb ? labels.requestByOwner : labels.request}</a>${!view.hasWeb && html` <span class="quiet">${labels.site.ownersOnly}</span>`}</p>
<div class="about">
<div>
${isRecent && renderNext(labels.nextDate, 1)}<h2>${labels.events}</h2>
${entries.length === 0 ? html`<p>${labels.noEvents}</p>` : renderPasswords(wording)}
${entries.map((entry, at) => renderOwnYear(view, self, entry, at === 0))}</div>
${maps}
</div>
${region && !view.site.isAlone ? html`<p class="quiet">${filled(labels.servedFrom, renderRegionName(view, region))}</p>` : null}`,
  });
}

/** One year of a studio: the newest is open, and the others are where there are not many. */
function renderOwnYear(
  view: SiteView,
  { studio, events }: StudioView,
  entry: StudioYear,
  newest: boolean,
): Html {
  const wording = wordingFor(studio.locale);
  const own = renderOwnEvents(view, [entry], wording);
  const page =
    !entry.single &&
    html`<p><a href="${view.links.studioYear(entry)}">${filled(wording.labels.eventsOf, entry.year)}</a></p>
`;
  if (newest)
    return html`<section>
<h3>${entry.year}</h3>
${own}
${page}</section>
`;
  return html`<details${events <= AT_ONCE && html` open`}>
<summary><h3>${entry.year}</h3> <span class="quiet">(${entry.events.length})</span></summary>
${own}
${page}</details>
`;
}

/** A year: the events of all studios, by month. */
export function renderYearPage(view: SiteView, self: Year): string {
  const { year, studios } = self;
  return renderLayout({
    view,
    about: aboutYear(view, self),
    main: html`<h1>${SITE} in ${year}</h1>
<p class="quiet">${counted(countEvents(studios), 'event')}</p>
${renderSearch({ near: false })}${renderMonths(view, studios, { heading: 'h2', id: '', places: false })}
${renderOtherYears(view, year)}`,
  });
}

/** What a studio has in one year, in its language. */
export function renderStudioYear(view: SiteView, self: StudioView, year: number): string {
  const { studio, entries } = self;
  const wording = wordingFor(studio.locale);
  const { lang, labels } = wording;
  const about = aboutStudioYear(view, self, year);
  return renderLayout({
    view,
    about,
    wording,
    main: html`<h1>${renderName(studio.name, studio.locale, lang)} ${year}</h1>
${renderPasswords(wording)}
${renderOwnEvents(
  view,
  entries.filter((entry) => entry.year === year),
  wording,
)}
<p><a href="${view.links.studio(studio.key)}">${filled(labels.allEventsOf, renderName(studio.name, studio.locale, lang))}</a></p>
${canFollow(view, about, view.links.year(year)) && html`<p><a href="${view.links.year(year)}">${filled(labels.allStudiosIn, year)}</a></p>`}`,
  });
}

function renderYear({ links }: SiteView, year: number): Html {
  return html`<a href="${links.year(year)}">${year}</a>`;
}

function renderOtherYears(view: SiteView, year: number): Html | null {
  const others = view.years.filter((other) => other.year !== year);
  if (others.length === 0) return null;
  return html`<h2>Other years</h2>
<ul class="names" id="years">
${others.map(
  (other) => html`<li>${renderYear(view, other.year)}</li>
`,
)}</ul>`;
}
