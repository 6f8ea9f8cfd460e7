import { prerenderPages } from '../generate/prerender.ts';
import type { Index } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import { renderRegion, renderStudio, renderStudioYear, renderYearPage } from './details.ts';
import { renderHome, renderRegions, renderStudios } from './overviews.ts';
import type { Page } from './page.ts';
import { viewOf } from './view.ts';

export interface PagesOptions {
  /** `server.root_path` of the static configuration: empty or such as `/showcase`. */
  readonly root: string;
  /** Whether requests go to showcase-web, which lets the owners of studios in. */
  readonly hasWeb: boolean;
}

/**
 * The pages that every machine serves itself: home, regions, studios (those without events too), years, and what each
 * multi studio has in a year. Only regions that own events have a page.
 */
export function planPages(index: Index, { root, hasWeb }: PagesOptions): Page[] {
  const view = viewOf(index, root, hasWeb);
  const { regions, multiEventStudios } = prerenderPages(index);
  const pages: Page[] = [
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
