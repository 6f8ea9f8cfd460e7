import { type Html, html } from '../html/html.ts';
import type { Year } from '../index/index-model.ts';
import { countEvents } from '../index/index-model.ts';
import { aboutRegion, aboutStudio, aboutStudioYear, aboutYear, SITE } from './about-page.ts';
import { renderEvents } from './event-lists.ts';
import { renderName } from './language.ts';
import { counted, renderRegionName, renderStudioNames } from './overviews.ts';
import { canFollow, renderLayout, renderPasswords } from './page-layout.ts';
import { pointsOf, renderMaps } from './page-map.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import { ENGLISH, filled, wordingFor } from './wording.ts';

/** A region: its studios on the map and by name, its events by year. */
export function renderRegion(view: SiteView, region: RegionView): string {
  const maps = renderMaps(pointsOf(view, [region], region.studios, region), ENGLISH);
  const keys = new Set(region.studios.map(({ studio }) => studio.key));
  return renderLayout({
    view,
    about: aboutRegion(view, region),
    main: html`<h1><bdi>${region.name}</bdi> <span class="quiet">${region.code}</span></h1>
${maps}
<h2>Studios</h2>
${renderStudioNames(view, region.studios)}
${view.years.map(({ year, studios }) => {
  const own = studios.filter(({ studio }) => keys.has(studio.key));
  return (
    own.length > 0 &&
    html`<h2>${renderYear(view, year)}</h2>
${renderEvents(view, own, { studios: true, locale: null, lang: 'en' })}
`
  );
})}`,
  });
}

/** A studio, in its language: its events by year, its region, its place on the map. */
export function renderStudio(view: SiteView, self: StudioView): string {
  const { studio, entries } = self;
  const wording = wordingFor(studio.locale);
  const { lang, labels } = wording;
  const region = studio.region === null ? undefined : view.regions.get(studio.region);
  const maps =
    self.place &&
    renderMaps(pointsOf(view, region?.place?.map === self.place.map ? [region] : [], [self], self), wording);
  return renderLayout({
    view,
    about: aboutStudio(view, self),
    wording,
    main: html`<h1>${renderName(studio.name, studio.locale, lang)}</h1>
${region ? html`<p>${labels.region}: ${renderRegionName(view, region)}</p>` : null}
<p class="ask"><a class="button" href="${view.links.request(studio.key)}">${view.hasWeb ? labels.requestByOwner : labels.request}</a> <span class="quiet">${labels.site.ownersOnly}</span></p>
<div class="about">
<div>
<h2>${labels.events}</h2>
${entries.length > 0 && renderPasswords(wording)}${entries.length === 0 ? html`<p>${labels.noEvents}</p>` : null}${entries.map(
  (
    entry,
  ) => html`<h3>${entry.single ? entry.year : html`<a href="${view.links.studioYear(entry)}">${entry.year}</a>`}</h3>
${renderEvents(view, [entry], { studios: false, locale: studio.locale, lang })}
`,
)}</div>
${maps}
</div>`,
  });
}

/** A year: the events of all studios, by date. */
export function renderYearPage(view: SiteView, self: Year): string {
  const { year, studios } = self;
  return renderLayout({
    view,
    about: aboutYear(view, self),
    main: html`<h1>${SITE} in ${year}</h1>
<p class="quiet">${counted(countEvents(studios), 'event')}</p>
${renderEvents(view, studios, { studios: true, locale: null, lang: 'en' })}
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
<h2>${filled(labels.eventsOf, year)}</h2>
${renderPasswords(wording)}
${renderEvents(
  view,
  entries.filter((entry) => entry.year === year),
  { studios: false, locale: studio.locale, lang },
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
<ul class="names">
${others.map(
  (other) => html`<li>${renderYear(view, other.year)}</li>
`,
)}</ul>`;
}
