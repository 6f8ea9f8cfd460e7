import { type Html, html } from '../html/html.ts';
import { countEvents } from '../index/index-model.ts';
import { aboutHome, aboutRegions, aboutStudios, SITE } from './about-page.ts';
import { counted, renderCalendar } from './calendar.ts';
import { renderName } from './language.ts';
import { renderLayout } from './page-layout.ts';
import { pointsOf, renderMaps } from './page-map.ts';
import { NEXT_DATES, renderNext, renderSearch } from './search-tool.ts';
import { pictureOf } from './share-pictures.ts';
import { renderCountryLinks, renderDirectory } from './studio-list.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import { ENGLISH } from './wording.ts';

/** In the place of a list that would be empty. */
const NONE = html`<p>None.</p>`;

/** What and when: the events of all studios in the newest years, and the way to all others. */
export function renderHome(view: SiteView): string {
  return renderLayout({
    view,
    about: aboutHome(view),
    section: 'home',
    picture: pictureOf(view.pictures, view.studios),
    main: html`<h1>${SITE}</h1>
<p>When dance studios show what their students have learned, and where. <a href="${view.links.studios}">All studios on maps and by place</a></p>
${view.years.length === 0 ? html`<p>No events yet.</p>` : renderSearch({ near: true })}${renderNext(NEXT_DATES, 5)}
${renderCalendar(view, view.recent, true)}${renderYears(view)}
<h2>Regions</h2>
${renderRegionNames(view)}`,
  });
}

/** Every deployed region with its studios. */
export function renderRegions(view: SiteView): string {
  const regions = [...view.regions.values()];
  const outside = view.studios.filter(({ studio }) => studio.region === null);
  return renderLayout({
    view,
    about: aboutRegions(view),
    section: 'regions',
    picture: pictureOf(view.pictures, view.studios),
    main: html`<h1>Regions</h1>
<p>A region is a data center. It serves the events of the studios that are named below it, usually those nearest to it.${view.site.isAlone && ' Here one server stands in for all of them.'}</p>
${renderMaps(view, pointsOf(view, regions, []), ENGLISH)}
${regions.length === 0 && NONE}${regions.map(
  (region) => html`<h2>${renderRegionName(view, region)}</h2>
${renderStudioNames(view, region.studios)}
`,
)}${
  outside.length > 0 &&
  html`<h2>In no region</h2>
${renderStudioNames(view, outside)}`
}`,
  });
}

/** Who and where: every studio by country and state, with its dates in the newest years. */
export function renderStudios(view: SiteView): string {
  const any = view.studios.length > 0;
  return renderLayout({
    view,
    about: aboutStudios(view),
    section: 'studios',
    picture: pictureOf(view.pictures, view.studios),
    main: html`<h1>Studios</h1>
${any ? renderSearch({ near: true }) : html`<p>No studios yet.</p>`}${any && renderNext(NEXT_DATES, 5)}${any && renderNearby()}${renderCountryLinks(view)}${renderMaps(view, pointsOf(view, [], view.studios), ENGLISH)}
${renderDirectory(view)}`,
  });
}

/** Where the script puts the studios that are nearest to a place. */
function renderNearby(): Html {
  return html`<section id="nearby" data-count="8" hidden>
<h2>Studios<span></span></h2>
<ul class="studios"></ul>
</section>
`;
}

function renderYears({ years, links }: SiteView): Html | null {
  if (years.length === 0) return null;
  return html`<h2>Years</h2>
<ul class="names" id="years">
${years.map(
  ({ year, studios }) =>
    html`<li><a href="${links.year(year)}">${year}</a> <span class="quiet">${counted(countEvents(studios), 'event')}</span></li>
`,
)}</ul>`;
}

function renderRegionNames(view: SiteView): Html {
  if (view.regions.size === 0) return NONE;
  return html`<ul class="names">
${[...view.regions.values()].map(
  (region) => html`<li>${renderRegionName(view, region)}</li>
`,
)}</ul>`;
}

/** Linked where there is a page. */
export function renderRegionName({ links }: SiteView, { name, code, hasPage }: RegionView): Html {
  const text = html`<bdi title="${code}">${name}</bdi>`;
  return hasPage ? html`<a href="${links.region(code)}">${text}</a>` : text;
}

export function renderStudioNames({ links }: SiteView, studios: readonly StudioView[]): Html {
  if (studios.length === 0) return NONE;
  return html`<ul class="names">
${studios.map(
  ({
    studio: { key, name, locale },
  }) => html`<li><a href="${links.studio(key)}">${renderName(name, locale, 'en')}</a></li>
`,
)}</ul>`;
}
