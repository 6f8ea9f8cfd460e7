import { prerenderPages } from '../generate/prerender.ts';
import type { Index } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import type { Asset } from './assets.ts';
import { renderRegion, renderStudio, renderStudioYear, renderYearPage } from './details.ts';
import { renderHome, renderRegions, renderStudios } from './overviews.ts';
import type { Page } from './page.ts';
import { STYLE } from './style.ts';
import { viewOf } from './view.ts';

export interface PagesOptions {
  /** `server.root_path` of the static configuration: empty or such as `/showcase`. */
  readonly root: string;
  /** Whether requests go to showcase-web, which lets the owners of studios in. */
  readonly hasWeb: boolean;
}

/** What pages lead to comes before them, so that no page asks for what is not there yet. */
const ASSETS: readonly Asset[] = [STYLE];

/**
 * The pages that every machine serves itself: home, regions, studios (those without events too), years, and what each
 * multi studio has in a year. Only regions that own events have a page. And the files that these need.
 */
export function planPages(index: Index, { root, hasWeb }: PagesOptions): Page[] {
  const view = viewOf(index, root, hasWeb);
  const { regions, multiEventStudios } = prerenderPages(index);
  const pages: Page[] = [
    ...ASSETS,
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
  return pages;
}

/** Which pages these are, such as `studios/boston/index.html`. */
export function pagePaths(index: Index, options: PagesOptions): string[] {
  const paths = planPages(index, options).map(({ path }) => path);
  return paths.filter((path) => path === 'index.html' || path.endsWith('/index.html'));
}
