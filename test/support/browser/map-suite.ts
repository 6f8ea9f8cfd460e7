import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import type { MapPlace } from '../../../src/index/projection.ts';
import { contrast } from './contrast.ts';
import { shown } from './hostile-index.ts';
import { openSite, type Site, type SiteName } from './sites.ts';
import { type MapPicture, type MapPoint, mapsOf } from './svg.ts';
import { visitor } from './visit.ts';

/** A point that must be on a map: the page that it links to if it has one, what it is called, where it stands. */
export interface ExpectedPoint {
  readonly page: string | null;
  readonly name: string;
  readonly place: MapPlace;
}

/** Pixels, as the projections have it. */
const SIZES: Readonly<Record<string, readonly [width: number, height: number]>> = {
  us: [900, 500],
  eu: [600, 500],
  au: [600, 500],
  jp: [600, 500],
};

/** Pixels around a map, and around the points beyond its edge, at most. */
const MARGIN = 40;

/** The pages that show everything of their kind. */
const PAGES = ['', 'regions/', 'studios/'];

/** What must hold for the maps of a site, `expected` being every point of its index that a map shows. */
export function describeMaps(name: SiteName, expected: (site: Site) => readonly ExpectedPoint[]): void {
  let site: Site;
  let browser: Browser;
  let pictures: MapPicture[];
  let wanted: readonly ExpectedPoint[];

  beforeAll(async () => {
    browser = await openBrowser();
    site = await openSite(name);
    wanted = expected(site);
    const visit = await visitor(browser, site);
    pictures = [];
    for (const page of PAGES) {
      await visit.go(page);
      pictures.push(...(await mapsOf(visit.page)));
    }
    await visit.close();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const isOf = (wish: ExpectedPoint, { href, name: called }: MapPoint): boolean =>
    wish.page === null ? href === null && called === wish.name : href === site.url(wish.page);
  const pointsOf = (wish: ExpectedPoint): { point: MapPoint; picture: MapPicture }[] =>
    pictures.flatMap((picture) =>
      picture.points.filter((point) => isOf(wish, point)).map((point) => ({ point, picture })),
    );

  describe(`the maps of the ${name} index`, () => {
    it('show every point where its projection says', () => {
      const off = wanted.flatMap((point) => {
        const found = pointsOf(point);
        const wrong = found.filter(
          ({ point: { x, y } }) => Math.abs(x - point.place.x) > 0.51 || Math.abs(y - point.place.y) > 0.51,
        );
        return found.length === 0 || wrong.length > 0
          ? [{ ...point, found: wrong.map((one) => one.point) }]
          : [];
      });
      expect(off).toEqual([]);
    });

    it('show nothing else', () => {
      const drawn = pictures.flatMap(({ points }) => points);
      const others = drawn.filter((point) => !wanted.some((wish) => isOf(wish, point)));
      expect(others).toEqual([]);
    });

    it('call every point by its name, to the eye and to the ear', () => {
      const nameless = wanted.flatMap((point) =>
        pointsOf(point)
          .filter(
            ({ point: { name, title } }) =>
              !name.includes(shown(point.name)) || !title.includes(shown(point.name)),
          )
          .map(({ point: found }) => ({ wanted: point.name, found })),
      );
      expect(nameless).toEqual([]);
    });

    it('show one map each, all of it, and no more than its points need', () => {
      for (const picture of pictures) {
        const [left, top, right, bottom] = picture.viewBox;
        const maps = wanted.filter((point) => pointsOf(point).some((found) => found.picture === picture));
        const names = [...new Set(maps.map(({ place }) => place.map))];
        expect(names).toHaveLength(1);
        const [width = 0, height = 0] = SIZES[names[0] ?? ''] ?? [];
        const xs = [0, width, ...picture.points.map(({ x }) => x)];
        const ys = [0, height, ...picture.points.map(({ y }) => y)];
        for (const margin of [
          Math.min(...xs) - left,
          Math.min(...ys) - top,
          right - Math.max(...xs),
          bottom - Math.max(...ys),
        ]) {
          expect(margin).toBeGreaterThan(10);
          expect(margin).toBeLessThanOrEqual(MARGIN);
        }
      }
    });

    it('have a name of their own each on a page, and outlines that are in the picture', () => {
      for (const { name: called, viewBox, outlines } of pictures) {
        expect(called).not.toBe('');
        const [left, top, right, bottom] = viewBox;
        const drawn = outlines.filter(([l, t, r, b]) => r > left && l < right && b > top && t < bottom);
        expect(drawn.length).toBeGreaterThan(0);
        const wide = Math.max(...drawn.map(([l, , r]) => Math.min(r, right) - Math.max(l, left)));
        expect(wide).toBeGreaterThan((right - left) / 20);
      }
    });

    it('of a region leave every studio in reach of a pointer: no region is above its point', async () => {
      const visit = await visitor(browser, site);
      for (const code of prerenderPages(site.index).regions) {
        await visit.go(`regions/${code}/`);
        expect({ code, covered: await visit.page.evaluate(coveredStudios) }).toEqual({ code, covered: [] });
      }
      await visit.close();
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      it(`have points that stand out against land and sea, ${colorScheme}`, async () => {
        const visit = await visitor(browser, site, { colorScheme });
        const weak: unknown[] = [];
        for (const page of PAGES) {
          await visit.go(page);
          for (const { points, land, sea } of await mapsOf(visit.page)) {
            const fills = [...new Set(points.map(({ fill }) => fill))];
            for (const fill of fills) {
              for (const ground of [...land, sea].filter((color) => color !== 'none')) {
                const ratio = await contrast(visit.page, fill, ground);
                if (ratio < 3) weak.push({ page, fill, ground, ratio });
              }
            }
          }
        }
        await visit.close();
        expect(weak).toEqual([]);
      });
    }
  });
}

/** Runs in the page: the studios at whose centre something else than a studio's point is hit. */
function coveredStudios(): string[] {
  return [...document.querySelectorAll('circle.studio')].flatMap((circle) => {
    circle.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = circle.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit?.matches('circle.studio') ? [] : [circle.textContent];
  });
}
