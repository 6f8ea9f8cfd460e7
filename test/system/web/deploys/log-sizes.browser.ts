import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../../dev/pages/chromium.ts';
import { callbackLine, PlayedDeploy } from '../../../support/web/deploys/deploy-scene.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';
import { openWindow, type WebVisitor } from '../../../support/web/web-visitor.ts';

const TALL = { width: 360, height: 740 };
const FLAT = { width: 740, height: 360 };

let browser: Browser;
let server: TestServer;
let runs = 0;

beforeAll(async () => {
  browser = await openBrowser();
  server = await startWeb();
});
afterAll(() => browser.close());

/** Lines that take several rows of a phone. */
const longLines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => {
    const message = `line ${first + at} of it${' and more'.repeat(20)}`;
    return callbackLine(first + at, { message });
  });

/** The page of a deploy under way on a phone, with 200 lines. */
async function watch(): Promise<{ played: PlayedDeploy; window: WebVisitor; page: Page }> {
  runs += 1;
  const played = new PlayedDeploy(server.context.deploys, `sizes-${runs}`, 'run-1').start();
  played.say(longLines(1, 200));
  const window = await openWindow(browser, server, 'administrator', { viewport: TALL });
  await window.go(played.path);
  await window.page.waitForSelector('[data-copy]:visible');
  await window.page.waitForSelector('#L200');
  return { played, window, page: window.page };
}

const pixelsLeft = (page: Page): Promise<number> =>
  page
    .locator('[data-log]')
    .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);

/** Until the page has drawn itself, and whatever listens has heard of it. */
const drawn = (page: Page): Promise<unknown> =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );

/** Pixels of a line below the top of the view. */
const placeOf = (page: Page, number: number): Promise<number> =>
  page.locator(`#L${number}`).evaluate((row) => {
    const view = row.closest('[data-log]')?.getBoundingClientRect().top ?? 0;
    return row.getBoundingClientRect().top - view;
  });

const CHANGES: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['lines are not wrapped any more', (page) => page.click('label:has-text("Wrap lines")')],
  ['the window becomes wider', (page) => page.setViewportSize({ ...TALL, width: 900 })],
  ['the window becomes higher', (page) => page.setViewportSize({ ...TALL, height: 1100 })],
  ['the window becomes narrower', (page) => page.setViewportSize({ ...TALL, width: 320 })],
  ['a phone is turned', (page) => page.setViewportSize(FLAT)],
];

describe('the log of a deploy under way', () => {
  it.each(CHANGES)('is at its end, and follows, also where %s', async (_, change) => {
    const { played, window, page } = await watch();
    expect(await pixelsLeft(page)).toBeLessThan(1);
    await change(page);
    await drawn(page);
    await expect.poll(() => pixelsLeft(page)).toBeLessThan(1);
    played.say(longLines(201, 210));
    await page.waitForSelector('#L210', { state: 'attached' });
    await drawn(page);
    expect(await pixelsLeft(page)).toBeLessThan(1);
    expect(await page.locator('[data-new]').isHidden()).toBe(true);
    await window.close();
  });

  it.each(CHANGES)('keeps what is read in its place where %s', async (_, change) => {
    const { played, window, page } = await watch();
    await page.locator('[data-log]').evaluate((log) => {
      const heard = new Promise((done) => log.addEventListener('scroll', done));
      document.getElementById('L100')?.scrollIntoView();
      return heard.then(() => undefined);
    });
    const before = await placeOf(page, 100);
    await change(page);
    await drawn(page);
    await expect.poll(async () => Math.abs((await placeOf(page, 100)) - before)).toBeLessThan(1);
    played.say(longLines(201, 210));
    await page.waitForSelector('[data-new]:not([hidden]) >> text=10 new lines');
    expect(Math.abs((await placeOf(page, 100)) - before)).toBeLessThan(1);
    await window.close();
  });

  it('follows no more once somebody has scrolled up by a little, whatever size it gets then', async () => {
    const { played, window, page } = await watch();
    await page.locator('[data-log]').hover();
    await page.mouse.wheel(0, -200);
    await expect.poll(() => pixelsLeft(page)).toBeGreaterThan(100);
    await page.setViewportSize({ ...TALL, width: 900 });
    await drawn(page);
    played.say(longLines(201, 210));
    await page.waitForSelector('[data-new]:not([hidden]) >> text=10 new lines');
    expect(await pixelsLeft(page)).toBeGreaterThan(1);
    await window.close();
  });
});
