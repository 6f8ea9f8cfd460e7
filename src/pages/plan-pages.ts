import { prerenderPages } from '../generate/prerender.ts';
import type { Index } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import type { Asset } from './assets.ts';
import { renderRegion, renderStudio, renderStudioYear, renderYearPage } from './details.ts';
import { ICON, TOUCH_ICON } from './icons.ts';
import { OUTLINES } from './map-assets.ts';
import { renderMissing } from './missing.ts';
import { renderHome, renderRegions, renderStudios } from './overviews.ts';
import type { Page } from './page.ts';
import { type PagesOptions, plainOptions } from './pages-options.ts';
import { renderRobots, renderSitemap, SITEMAP } from './sitemap.ts';
import { STYLE } from './style.ts';
import { type SiteView, viewOf } from './view.ts';
import { VISIT_SCRIPT } from './visit-script.ts';

/** Files that pages link to come first, so that no page refers to a missing one. */
const ASSETS: readonly Asset[] = [STYLE, VISIT_SCRIPT, ICON, TOUCH_ICON, ...Object.values(OUTLINES)];

/**
 * The pages that every machine serves itself: home, regions, studios (those without events too), years, and what each
 * multi studio has in a year. Only regions that own events have a page. And the files that these need.
 */
export function planPages(index: Index, options: PagesOptions): Page[] {
  const view = viewOf(index, options);
  const { regions, multiEventStudios } = prerenderPages(index);
  const pages: Page[] = [
    ...ASSETS,
    ...view.pictures.values(),
    { path: 'index.html', render: () => renderHome(view) },
    { path: 'regions/index.html', render: () => renderRegions(view) },
    { path: 'studios/index.html', render: () => renderStudios(view) },
  ];
  for (const code of regions) {
    const region = view.regions.get(code);
    if (region) pages.push({ path: `regions/${code}/index.html`, render: () => renderRegion(view, region) });
  }
  for (const studio of view.studios.toSorted((a, b) => compareBytes(a.studio.key, b.studio.key))) {
    pages.push({
      path: `studios/${studio.studio.key}/index.html`,
      render: () => renderStudio(view, studio),
    });
  }
  for (const year of view.years) {
    pages.push({ path: `${year.year}/index.html`, render: () => renderYearPage(view, year) });
    for (const key of multiEventStudios.get(year.year) ?? []) {
      const studio = view.studioByKey.get(key);
      if (!studio) continue;
      pages.push({
        path: `${year.year}/${key}/index.html`,
        render: () => renderStudioYear(view, studio, year.year),
      });
    }
  }
  return [...pages, ...filesBeside(view, pages)];
}

/** For search engines, and the page that is shown for an unknown address. */
function filesBeside(view: SiteView, pages: readonly Page[]): Page[] {
  const missing: Page = { path: '404.html', yields: true, render: () => renderMissing(view) };
  if (view.site.address === null || view.site.isCopy || view.studioByKey.has('sitemap.xml')) return [missing];
  return [
    missing,
    { path: SITEMAP, render: () => renderSitemap(view, pages.filter(isPage)) },
    { path: 'robots.txt', yields: true, render: () => renderRobots(view) },
  ];
}

/** Which pages an index has, such as `studios/boston/index.html`. */
export function pagePaths(index: Index): string[] {
  return planPages(index, plainOptions(''))
    .filter(isPage)
    .map(({ path }) => path);
}

function isPage({ path }: Page): boolean {
  return path === 'index.html' || path.endsWith('/index.html');
}
