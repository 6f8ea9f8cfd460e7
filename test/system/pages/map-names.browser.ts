import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import { visitor } from '../../support/browser/visit.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  // Where names stand close: not all have room.
  site = await openSite('hostile');
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Points whose names have no room, all of a page. */
const NAMELESS = '.p:has(svg text.q)';

/** How a point's name looks, and whether the point lies above all others of its map. */
const looks = (point: Locator) =>
  point.evaluate((picture) => {
    const layer = (element: Element) => Number(getComputedStyle(element).zIndex) || 0;
    const others = [...(picture.parentElement?.children ?? [])].filter((other) => other !== picture);
    return {
      opacity: getComputedStyle(picture.querySelector('text') ?? picture).opacity,
      isAbove: others.every((other) => layer(other) < layer(picture)),
    };
  });
const HIDDEN = { opacity: '0', isAbove: false };
const SHOWN = { opacity: '1', isAbove: true };

async function onStudios(use: (page: Page, points: Locator[]) => Promise<void>, options = {}): Promise<void> {
  const visit = await visitor(browser, site, options satisfies BrowserContextOptions);
  await visit.go('studios/');
  const points = await visit.page.locator(NAMELESS).all();
  expect(points.length).toBeGreaterThan(2);
  await use(visit.page, points.slice(0, 8));
  expect(visit.trouble).toEqual([]);
  await visit.close();
}

describe('a name that has no room on a map', () => {
  it('appears above all else while the pointer is at its point, and goes with it', async () => {
    await onStudios(async (page, points) => {
      for (const point of points) {
        expect(await looks(point)).toEqual(HIDDEN);
        await point.locator('.h').hover();
        expect(await looks(point)).toEqual(SHOWN);
        await page.mouse.move(0, 0);
        expect(await looks(point)).toEqual(HIDDEN);
      }
    });
  });

  it('appears above all else while its point has the focus of the keyboard', async () => {
    await onStudios(async (page, points) => {
      await page.keyboard.press('Tab');
      for (const point of points) {
        await point.locator('a').focus();
        expect(await looks(point)).toEqual(SHOWN);
        await page.locator('#find').focus();
        expect(await looks(point)).toEqual(HIDDEN);
      }
    });
  });

  it('appears above all else when a finger taps its point', async () => {
    await onStudios(
      async (page, points) => {
        // The page that the point leads to would be there at once.
        await page.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
        for (const point of points) {
          await point.locator('.h').tap();
          expect(await looks(point)).toEqual(SHOWN);
        }
      },
      { viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true },
    );
  });
});

describe('the outlines of maps', () => {
  it('are drawn where a policy allows only what comes from the site itself', async () => {
    const visit = await visitor(browser, site);
    await visit.page.route(/\/studios\/$/, async (route) => {
      const response = await route.fetch();
      const policy = "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'";
      await route.fulfill({
        response,
        headers: { ...response.headers(), 'content-security-policy': policy },
      });
    });
    await visit.go('studios/');
    expect(await outlines(visit.page)).toEqual([]);
    expect(await visit.page.locator('#search').isVisible()).toBe(true);
    expect(visit.trouble).toEqual([]);
    await visit.close();
  });

  it('are on paper', async () => {
    const sizes: number[] = [];
    for (const isDrawn of [true, false]) {
      const visit = await visitor(browser, site);
      await visit.go('studios/');
      if (!isDrawn) await visit.page.locator('use').evaluateAll((all) => all.map((use) => use.remove()));
      await visit.page.emulateMedia({ media: 'print' });
      expect(await outlines(visit.page)).toEqual([]);
      sizes.push((await visit.page.pdf()).length);
      await visit.close();
    }
    const [drawn = 0, bare = 0] = sizes;
    expect(drawn - bare).toBeGreaterThan(10_000);
  });
});

/** Those of which nothing is drawn. */
const outlines = (page: Page): Promise<string[]> =>
  page.locator('use').evaluateAll((all) =>
    all.flatMap((use) => {
      const { width, height } = use.getBoundingClientRect();
      return width > 0 && height > 0 ? [] : [use.outerHTML];
    }),
  );
