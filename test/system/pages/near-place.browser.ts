import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { found, shown, TODAY, texts, visitOn } from '../../support/browser/finding.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import type { Visitor } from '../../support/browser/visit.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite('sample');
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const on = (today: Date, use: (visit: Visitor) => Promise<void>, options: BrowserContextOptions = {}) =>
  visitOn(today, { browser, site }, use, options);

describe('near a place', () => {
  const inBoston = { latitude: 42.36, longitude: -71.06 };

  it('studios come by distance, and so do dates beyond a hundred miles, in miles or in kilometres', async () => {
    for (const [locale, unit] of [
      ['en-US', 'mi'],
      ['fr-FR', 'km'],
    ] as const) {
      await on(
        TODAY,
        async ({ page, go }) => {
          await go('studios/');
          await page.selectOption('#near', 'Boston, Massachusetts');
          for (const id of ['#next', '#nearby']) {
            const far = await texts(page, `${id} .away`);
            const lengths = far.map((text) =>
              text.startsWith('under') ? 0 : Number(text.replace(/[^\d]/g, '')),
            );
            expect(far.length).toBeGreaterThan(2);
            // Of dates, what is within a hundred miles comes by date.
            const isNear = (length: number) => length <= (unit === 'mi' ? 100 : 161);
            const ordered = id === '#next' ? lengths.map((length) => (isNear(length) ? 0 : length)) : lengths;
            expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
            for (const text of far) expect(text.endsWith(` ${unit}`)).toBe(true);
          }
          expect(await texts(page, '#nearby .studios a')).toContain('Boston');
          expect(await texts(page, '#nearby h2')).toEqual(['Studios near Boston, Massachusetts']);
          expect(await found(page)).toBe('Nearest to Boston, Massachusetts first');
          expect(new URL(page.url()).hash).toBe('#near=Boston%2C+Massachusetts');
          await page.selectOption('#near', '');
          expect(await shown(page, '#nearby')).toBe(0);
          expect(await page.locator('.away').count()).toBe(0);
        },
        { locale },
      );
    }
  });

  it('the browser’s position is asked for at a click alone, and goes nowhere: no request, no address, nothing kept', async () => {
    await on(
      TODAY,
      async ({ page, go }) => {
        await go('studios/');
        await page.waitForLoadState('networkidle');
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await page.click('#locate');
        await page.locator('#nearby .away').first().waitFor();
        expect(await texts(page, '#nearby .studios a')).toContain('Boston');
        expect(requests).toEqual([]);
        expect(new URL(page.url()).hash).toBe('');
        expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);
      },
      { geolocation: inBoston, permissions: ['geolocation'] },
    );
  });

  it('a browser that may not tell its position says so', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('studios/');
      await page.click('#locate');
      await expect.poll(() => found(page)).toBe('Your position is not known');
    });
  });

  it('is remembered while that is ticked, on other pages too, and no longer', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('studios/');
      await page.selectOption('#near', 'Boston, Massachusetts');
      expect(await page.evaluate(() => localStorage.length)).toBe(0);
      await page.check('#keep');
      await go('');
      expect(await page.inputValue('#near')).toBe('Boston, Massachusetts');
      expect(await texts(page, '#next h2')).toEqual(['Next dates near Boston, Massachusetts']);
      await page.uncheck('#keep');
      expect(await page.evaluate(() => localStorage.length)).toBe(0);
      await go('studios/');
      expect(await page.inputValue('#near')).toBe('');
    });
  });
});
