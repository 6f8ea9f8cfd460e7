import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Site } from './sites.ts';
import { type Visitor, visitor } from './visit.ts';

/** The sample has events before and after it. */
export const TODAY = new Date('2026-02-10T12:00:00');

/** Opens a window on a site in which it is that day; whatever goes wrong in it fails the test. */
export async function visitOn(
  today: Date,
  { browser, site }: { browser: Browser; site: Site },
  use: (visit: Visitor) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const visit = await visitor(browser, site, { locale: 'en-US', ...options });
  await visit.page.clock.setFixedTime(today);
  await use(visit);
  expect(visit.trouble).toEqual([]);
  await visit.close();
}

/** Of each element, without the space around it. */
export const texts = (page: Page, selector: string): Promise<string[]> =>
  page.locator(selector).evaluateAll((all) => all.map(({ textContent }) => textContent?.trim() ?? ''));
/** The first day of each event. */
export const dates = (page: Page, selector: string): Promise<string[]> =>
  page
    .locator(`${selector} time:first-of-type`)
    .evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
/** What is announced. */
export const found = (page: Page): Promise<string> =>
  page.locator('#found').evaluate(({ textContent }) => textContent ?? '');
/** How many can be seen. */
export const shown = (page: Page, selector: string): Promise<number> =>
  page.locator(`${selector}:visible`).count();

/** Events and studios of a page, without those that the script lists once more. */
export const EVENTS = 'main :is(section,details):not(#next) .events > li';
export const STUDIOS = 'main section:not(#nearby) .studios > li';
