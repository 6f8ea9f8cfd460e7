import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MapPlace } from '../../../src/index/projection.ts';
import { contrast } from './contrast.ts';
import { shown } from './hostile-index.ts';
import type { Site, SiteName } from './sites.ts';
import { type MapPicture, type MapPoint, mapsOf } from './svg.ts';
import { visitor } from './visit.ts';

/** A point that must be on a map: the page that it links to if it has one, what it is called, where it stands. */
export interface ExpectedPoint {
  readonly page: string | null;
  readonly name: string;
  readonly place: MapPlace;
}

/** CSS pixels: a phone, a tablet, a desk. */
export const MAP_WIDTHS = [360, 768, 1280];

/** What there is once every page was opened. */
export interface SeenSite {
  readonly site: Site;
  readonly browser: Browser;
  /** What `mapFaults` finds in any page, in each of the widths. */
  readonly faults: readonly unknown[];
}

/** The pages that show everything of their kind. */
const PAGES = ['regions/', 'studios/'];

/**
 * What must hold for the maps of a site, `expected` being every point of its index that a map shows.
 *
 * @param seen is there once the hooks of before are over
 */
export function describeMaps(
  name: SiteName,
  seen: () => SeenSite,
  expected: (site: Site) => readonly ExpectedPoint[],
): void {
  let site: Site;
  let browser: Browser;
  let pictures: MapPicture[];
  let wanted: readonly ExpectedPoint[];

  beforeAll(async () => {
    ({ site, browser } = seen());
    wanted = expected(site);
    const visit = await visitor(browser, site);
    pictures = [];
    for (const page of PAGES) {
      await visit.go(page);
      pictures.push(...(await mapsOf(visit.page)));
    }
    await visit.close();
  });

  const isOf = (wish: ExpectedPoint, { href, name: called }: MapPoint): boolean =>
    wish.page === null ? href === null && called === wish.name : href === site.url(wish.page);
  const pointsOf = (wish: ExpectedPoint): MapPoint[] =>
    pictures.flatMap(({ points }) => points.filter((point) => isOf(wish, point)));

  describe(`the maps of the ${name} index`, () => {
    it('show every point where its projection says, or lead a line from it to there', () => {
      const off = wanted.flatMap((point) => {
        const found = pointsOf(point);
        const wrong = found.filter(
          ({ truth: { x, y } }) => Math.abs(x - point.place.x) > 0.51 || Math.abs(y - point.place.y) > 0.51,
        );
        return found.length === 0 || wrong.length > 0 ? [{ ...point, found: wrong }] : [];
      });
      expect(off).toEqual([]);
    });

    it('show nothing else', () => {
      const drawn = pictures.flatMap(({ points }) => points);
      const others = drawn.filter((point) => !wanted.some((wish) => isOf(wish, point)));
      expect(others).toEqual([]);
    });

    it('call every point by its name, to the ear and to the eye', () => {
      const nameless = wanted.flatMap((point) =>
        pointsOf(point)
          .filter(({ name, label }) => name !== shown(point.name) || label !== name)
          .map((found) => ({ wanted: point.name, found })),
      );
      expect(nameless).toEqual([]);
    });

    it('have a name of their own each on a page, and outlines that fill the picture', () => {
      for (const { name: called, outlines, size } of pictures) {
        expect(called).not.toBe('');
        const wide = Math.max(...outlines.map(([width]) => width));
        const high = Math.max(...outlines.map(([, height]) => height));
        expect(wide).toBeGreaterThan(size[0] / 4);
        expect(high).toBeGreaterThan(size[1] / 4);
      }
    });

    it('let a finger hit each point, and hide no point below a name, on a phone, a tablet or a desk', () => {
      expect(seen().faults).toEqual([]);
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
