import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { EVENTS, found, shown, TODAY, visitOn } from '../../support/browser/finding.ts';
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

/** How often each event of the sample is listed. */
const TIMES = 100;

/** Opens home with so many events as no index has yet: those that it has, again and again, with names of their own. */
async function goToMany({ page, go }: Visitor): Promise<number> {
  await page.route(/\/showcase\/$/, async (route) => {
    const answer = await route.fetch();
    const lists = /(?<=<ul class="events">\n)(<li.+<\/li>\n)+(?=<\/ul>)/g;
    const body = (await answer.text()).replace(lists, (items) =>
      Array.from({ length: TIMES }, (_, at) => items.replaceAll('</a>', ` ${at}</a>`)).join(''),
    );
    await route.fulfill({ response: answer, body });
  });
  await go('');
  return await page.locator(EVENTS).count();
}

describe('a page of ten thousand events', () => {
  it('is ready, searched, and lights up what has the focus, in the time that a browser has for any page', async () => {
    await visitOn(TODAY, { browser, site }, async (visit) => {
      const { page } = visit;
      expect(await goToMany(visit)).toBeGreaterThan(10_000);
      await page.fill('#find', 'boston');
      const hits = await shown(page, EVENTS);
      expect(hits % TIMES).toBe(0);
      expect(await found(page)).toBe(`${hits} events found`);
      await page.keyboard.press('Escape');
      await page.locator(`${EVENTS}:visible .who a`).first().focus();
      expect(await page.locator('main a.lit').count()).toBeGreaterThanOrEqual(TIMES - 1);
    });
  });
});
