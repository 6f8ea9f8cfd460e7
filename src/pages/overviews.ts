import { type Html, html } from '../html/html.ts';
import { countEvents } from '../index/index-model.ts';
import { aboutHome, aboutRegions, aboutStudios, SITE } from './about-page.ts';
import { renderName } from './language.ts';
import { renderLayout } from './page-layout.ts';
import { pointsOf, renderMaps } from './page-map.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import { ENGLISH } from './wording.ts';

/** In the place of a list that would be empty. */
const NONE = html`<p>None.</p>`;

/** The way in: all maps, regions, years and studios. */
export function renderHome(view: SiteView): string {
  const maps = renderMaps(pointsOf(view, view.regions.values(), view.studios), ENGLISH, true);
  return renderLayout({
    view,
    about: aboutHome(view),
    section: 'home',
    main: html`<h1>${SITE}</h1>
<p>Choose a studio on a map or by its name to see its events.</p>
${maps}
${renderYears(view)}
<h2>Regions</h2>
${renderRegionNames(view)}
<h2>Studios</h2>
${renderStudioNames(view, view.studios)}`,
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
    main: html`<h1>Regions</h1>
${renderMaps(pointsOf(view, regions, []), ENGLISH)}
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

export function renderStudios(view: SiteView): string {
  return renderLayout({
    view,
    about: aboutStudios(view),
    section: 'studios',
    main: html`<h1>Studios</h1>
${renderMaps(pointsOf(view, [], view.studios), ENGLISH)}
<h2>All studios</h2>
${renderStudioNames(view, view.studios)}`,
  });
}

function renderYears({ years, links }: SiteView): Html | null {
  if (years.length === 0) return null;
  return html`<h2>Years</h2>
<ul class="names">
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
  const text = html`<bdi>${name}</bdi>`;
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

export function counted(count: number, what: string): string {
  const grouped = String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${grouped} ${what}${count === 1 ? '' : 's'}`;
}
