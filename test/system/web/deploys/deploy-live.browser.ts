import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../../dev/pages/chromium.ts';
import { StandIn } from '../../../../dev/web/stand-in.ts';
import { lineRange, PlayedDeploy } from '../../../support/web/deploys/deploy-scene.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';
import { openWindow, type WebVisitor } from '../../../support/web/web-visitor.ts';

let browser: Browser;
let server: TestServer;
/** Milliseconds by which the server's clock is before the one that things are heard by. */
let ahead = 0;
let runs = 0;

beforeAll(async () => {
  browser = await openBrowser();
  server = await startWeb({ context: { now: () => Date.now() + ahead } });
});
afterAll(() => browser.close());

const play = (): PlayedDeploy => {
  runs += 1;
  return new PlayedDeploy(server.context.deploys, `live-${runs}`, `run-${runs}`).start();
};

/** Opens the page of a deploy, and waits until its script has taken over and it is heard live. */
async function watch(played: PlayedDeploy, url = server.url): Promise<WebVisitor> {
  const window = await openWindow(browser, { url }, 'administrator');
  await window.go(played.path);
  await window.page.waitForSelector('[data-copy]:visible');
  return window;
}

const scroller = (page: Page) => page.locator('[data-log]');
const rows = (page: Page) => page.locator('.log li');
const line = (page: Page, number: number) => page.locator(`#L${number}`);

/** Pixels of a line below the top of the view. */
const placeOf = (page: Page, number: number): Promise<number> =>
  line(page, number).evaluate((row) => {
    const view = row.closest('[data-log]')?.getBoundingClientRect().top ?? 0;
    return row.getBoundingClientRect().top - view;
  });

const isAtEnd = (page: Page): Promise<boolean> =>
  scroller(page).evaluate(
    ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 30,
  );

describe('the page of a deploy under way', () => {
  it('follows 3,500 lines with 2,000 rows at most, of which those that stay are not made anew', async () => {
    const played = play().say(lineRange(1, 3));
    const window = await watch(played);
    const { page } = window;
    await page.waitForSelector('text=line 3 of it');
    played.say(lineRange(4, 1900));
    await page.waitForSelector('#L1900');
    await line(page, 1900).evaluate((row) => row.setAttribute('data-mark', ''));
    played.say(lineRange(1901, 3500));
    await page.waitForSelector('#L3500');
    expect(await rows(page).count()).toBeLessThanOrEqual(2002);
    expect(await page.locator('[data-mark]').count()).toBe(1);
    expect(await isAtEnd(page)).toBe(true);
    await page.getByText('1500 earlier lines').waitFor();
    played.complete(3500);
    await page.waitForSelector('text=It ended well');
    await window.close();
  });

  it('keeps what is read in its place while a gap above it fills and lines come below', async () => {
    const played = play().say(lineRange(1, 100)).say(lineRange(201, 400));
    const window = await watch(played);
    const { page } = window;
    await page.waitForSelector('text=lines 101–200 have not arrived');
    await page.waitForSelector('#L400');
    // Ours hears of it after the page's own listener.
    await line(page, 250).evaluate((row) => {
      const heard = new Promise((done) => row.closest('[data-log]')?.addEventListener('scroll', done));
      row.scrollIntoView();
      return heard.then(() => undefined);
    });
    const before = await placeOf(page, 251);
    played.say(lineRange(101, 200)).say(lineRange(401, 420));
    await page.waitForSelector('[data-new]:not([hidden]) >> text=120 new lines');
    await page.waitForSelector('#L150', { state: 'attached' });
    expect(await page.locator('text=have not arrived').count()).toBe(0);
    expect(Math.abs((await placeOf(page, 251)) - before)).toBeLessThan(1);
    await page.click('[data-follow]');
    expect(await isAtEnd(page)).toBe(true);
    await window.close();
  });

  it('keeps a selection, with its lines where they are, until it is given up', async () => {
    const played = play().say(lineRange(1, 100)).say(lineRange(111, 200));
    const window = await watch(played);
    const { page } = window;
    await page.waitForSelector('#L200');
    await page.evaluate(() => {
      const [from, to] = ['L190', 'L195'].map((id) => document.getElementById(id)?.querySelector('code'));
      if (from && to) document.getSelection()?.setBaseAndExtent(from, 0, to, 1);
    });
    const selected = await page.evaluate(() => document.getSelection()?.toString());
    const before = await placeOf(page, 190);
    played.say(lineRange(101, 110)).say(lineRange(201, 230));
    await page.waitForSelector('[data-new]:not([hidden])');
    await page.waitForSelector('#L105', { state: 'attached' });
    expect(await page.evaluate(() => document.getSelection()?.toString())).toBe(selected);
    expect(selected).toContain('line 192 of it');
    expect(Math.abs((await placeOf(page, 190)) - before)).toBeLessThan(1);
    await window.close();
  });

  it('does not follow any more once somebody scrolls up by a little, and again at the end', async () => {
    const played = play().say(lineRange(1, 200));
    const window = await watch(played);
    const { page } = window;
    await page.waitForSelector('#L200');
    const top = await scroller(page).evaluate(({ scrollTop }) => scrollTop);
    await scroller(page).hover();
    await page.mouse.wheel(0, -10);
    await page.waitForFunction((was) => (document.querySelector('[data-log]')?.scrollTop ?? 0) < was, top);
    played.say(lineRange(201, 210));
    await page.waitForSelector('[data-new]:not([hidden]) >> text=10 new lines');
    expect(await isAtEnd(page)).toBe(false);
    await page.mouse.wheel(0, 5000);
    await page.waitForSelector('[data-new]', { state: 'hidden' });
    played.say(lineRange(211, 240));
    await page.waitForSelector('#L240');
    await expect.poll(() => isAtEnd(page)).toBe(true);
    await window.close();
  });

  it('says that there was no word for a while, and goes on when there is one', async () => {
    const played = play().say(lineRange(1, 3));
    ahead = 300_000;
    const window = await watch(played);
    const { page } = window;
    await page.waitForSelector('.lead >> text=No signal');
    await page.waitForSelector('text=No word for 5 min');
    ahead = 0;
    played.say(lineRange(4, 5));
    await page.waitForSelector('.lead >> text=Started');
    await page.waitForSelector('#L5');
    await window.close();
  });

  it('does not say that a run is silent while nobody but the page itself is not connected', async () => {
    const played = play().say(lineRange(1, 3));
    const window = await openWindow(browser, server, 'administrator');
    const { page } = window;
    let isCut = false;
    await page.clock.install();
    await page.routeWebSocket(/\/live/, (socket) => socket.close());
    await page.route(/\/logs\?/, (route) => (isCut ? route.abort() : route.continue()));
    await window.go(played.path);
    await page.waitForSelector('#L3');
    isCut = true;
    played.say(lineRange(4, 4));
    await page.waitForSelector('[data-offline]:not(:empty)');
    await page.clock.fastForward(120_000);
    await page.clock.runFor(1000);
    expect(await page.locator('[data-badge]').textContent()).toBe('Started');
    isCut = false;
    await page.clock.runFor(60_000);
    await page.waitForSelector('#L4');
    await window.close();
  });

  it('says what it is of as soon as that is known, should lines come first', async () => {
    runs += 1;
    const played = new PlayedDeploy(server.context.deploys, `live-${runs}`, `run-${runs}`).say(
      lineRange(1, 3),
    );
    const window = await watch(played);
    await window.page.waitForSelector('#L3');
    expect(await window.page.locator('dl >> text=Branch').count()).toBe(0);
    played.start();
    await window.page.waitForSelector('dl >> text=Branch');
    await window.page.waitForSelector('#L3');
    await window.close();
  });

  it('ends with a row for lines that have not come yet, waits for them, and is then that of the end', async () => {
    const played = play().say(lineRange(1, 3));
    const window = await watch(played);
    const { page } = window;
    await page.waitForSelector('#L3');
    await page.click('label:has-text("Wrap lines")');
    played.complete(6);
    await page.waitForSelector('text=lines 4–6 have not arrived');
    await page.waitForSelector('.lead >> text=Completed');
    played.say(lineRange(4, 6));
    await page.waitForSelector('#L6');
    await page.waitForSelector('[data-over]:not([hidden])');
    expect(await page.locator('text=have not arrived').count()).toBe(0);
    await window.close();
  });

  it('goes on by long poll behind a proxy that answers no WebSocket', async () => {
    const standIn = await StandIn.start({ root: server.context.base, pages: server.url });
    standIn.aim(server.url);
    standIn.areUpgradesSwallowed = true;
    const played = play().say(lineRange(1, 3));
    const window = await watch(played, standIn.url);
    const { page } = window;
    await page.waitForSelector('#L3');
    const polled = page.waitForRequest(/logs\?.*cursor=\d+&wait=25/);
    played.say(lineRange(4, 5));
    await page.waitForSelector('#L5');
    await polled;
    standIn.areUpgradesSwallowed = false;
    played.complete(5);
    await page.waitForSelector('text=It ended well');
    await window.close();
    await standIn.close();
  });

  it('is live through a proxy that holds answers back, and passes WebSockets', async () => {
    const standIn = await StandIn.start({ root: server.context.base, pages: server.url });
    standIn.aim(server.url);
    const played = play().say(lineRange(1, 3));
    const window = await openWindow(browser, standIn, 'administrator');
    const frames: string[] = [];
    window.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    await window.go(played.path);
    await expect.poll(() => frames.join()).toContain('"type":"state"');
    played.say(lineRange(4, 500));
    await window.page.waitForSelector('#L500');
    expect(frames.join()).toContain('line 500 of it');
    await window.close();
    await standIn.close();
  });
});

describe('the list of deploys', () => {
  it('keeps itself up to date, and the focus where it is', async () => {
    const played = play();
    const window = await openWindow(browser, server, 'administrator');
    const { page } = window;
    await window.go(`/deploys/?text=live-${runs}`);
    await page.waitForSelector('tbody .badge:text("Started")');
    await page.focus('tbody th a');
    played.complete(0);
    await page.waitForSelector('tbody .badge:text("Completed")');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(`Deploy live-${runs}`);
    await window.close();
  });
});
