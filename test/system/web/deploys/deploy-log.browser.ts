import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../../dev/pages/chromium.ts';
import { findingsIn } from '../../../support/browser/looks.ts';
import {
  callbackLine,
  fleetLines,
  lineRange,
  PlayedDeploy,
} from '../../../support/web/deploys/deploy-scene.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';
import { openWindow } from '../../../support/web/web-visitor.ts';

const MANY = 100_000;
const HOSTILE = [
  '</code><script>alert(1)</script>',
  '<img src=x onerror=alert(2)>',
  '\u202egnp.exe \u2066turned',
  `${'Unbroken'.repeat(1024)}`,
  '\u001b]8;;javascript:alert(3)\u0007link\u001b]8;;\u0007',
  '10%\r20%\r100% done',
  '\u0000\u0007\ud800',
];

let browser: Browser;
let server: TestServer;
let big: PlayedDeploy;

const play = (deploy: string, run = 'run-1'): PlayedDeploy =>
  new PlayedDeploy(server.context.deploys, deploy, run);

beforeAll(async () => {
  browser = await openBrowser();
  server = await startWeb();
  big = play('big').start();
  big.say(lineRange(1, MANY)).complete(MANY);
});
afterAll(() => browser.close());

const rows = (page: Page) => page.locator('.log li');
const loaded = (page: Page): Promise<unknown> =>
  page.waitForSelector('text=are being loaded', { state: 'detached' });

describe(`the log of a deploy of ${MANY} lines`, () => {
  it('shows the last of them at once, has 2,000 in the page at most, and finds and copies all', async () => {
    const window = await openWindow(browser, server, 'administrator');
    await window.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const { page } = window;
    await window.go(big.path);
    // Without any of its script's requests, which come behind.
    await page.getByText(`line ${MANY} of it`, { exact: true }).waitFor({ state: 'attached' });
    await page.waitForSelector('[data-copy]:visible');
    await page.getByText('99600 earlier lines').waitFor({ state: 'attached' });
    await loaded(page);
    expect(await rows(page).count()).toBeLessThanOrEqual(2002);
    await page.fill('[name=q]', 'line 4242');
    await page.waitForSelector('text=1 of 11');
    await page.click('[data-previous]');
    await page.waitForSelector('.log li.here >> text=line 42429 of it');
    expect(await rows(page).count()).toBeLessThanOrEqual(2002);
    // It says so for a moment.
    await Promise.all([page.waitForSelector('text=Copied'), page.click('[data-copy]')]);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.trimEnd().split('\n')).toHaveLength(MANY);
    await window.close();
  });

  it('says that the page has to be loaded again, and asks no more, where its other lines are refused', async () => {
    const window = await openWindow(browser, server, 'administrator');
    const { page } = window;
    let asked = 0;
    await page.route(/\/logs\?/, (route) => {
      asked += 1;
      return route.fulfill({ status: 401 });
    });
    await window.go(big.path);
    await page.waitForSelector('text=This page cannot be watched any more. Load it again.');
    // What ends a pause: one that waits to ask again would do so now.
    await page.evaluate(() => document.defaultView?.dispatchEvent(new Event('online')));
    await page.fill('[name=q]', `line ${MANY} of it`);
    await page.waitForSelector('text=1 of 1');
    expect(asked).toBe(1);
    await window.close();
  });

  it.each([1, 57, 50_000, MANY])('opens at line %i where the address names it', async (number) => {
    const window = await openWindow(browser, server, 'administrator');
    await window.go(`${big.path}#L${number}`);
    await window.page.waitForSelector('.log li.here');
    // In one step: while other lines are being loaded, the page may make its rows anew.
    const { text, isSeen } = await window.page.evaluate(() => {
      const row = document.querySelector('.log li.here');
      const view = row?.closest('[data-log]')?.getBoundingClientRect();
      const { top = 0, bottom = 0 } = row?.getBoundingClientRect() ?? {};
      const isWithin = view !== undefined && top >= view.top - 1 && bottom <= view.bottom + 1;
      return { text: row?.querySelector('code')?.textContent, isSeen: isWithin };
    });
    expect(text).toBe(`line ${number} of it`);
    expect(isSeen).toBe(true);
    await window.close();
  });
});

describe('the page of a deploy', () => {
  it('leads to its other runs, and to all of its lines, without script', async () => {
    play('many', 'run-1').start().say(lineRange(1, 900)).fail(900);
    play('many', 'run-2').start().say(fleetLines()).complete(42);
    const window = await openWindow(browser, server, 'administrator', { javaScriptEnabled: false });
    const { page } = window;
    await window.go('/deploys/many');
    expect(await page.locator('.tabs [aria-current]').textContent()).toContain('Run 2');
    await page.click('.tabs a:has-text("Run 1")');
    await page.locator('.tabs [aria-current]', { hasText: 'Run 1' }).waitFor();
    await page.click('text=500 earlier lines');
    await page.getByText('line 101 of it', { exact: true }).waitFor();
    await page.fill('[name=q]', 'line 90');
    await page.click('[data-plain] button');
    await page.waitForURL(/[?&]q=line/);
    expect(await rows(page).count()).toBe(2);
    expect(await page.locator('.tabs [aria-current]').textContent()).toContain('Run 1');
    await window.close();
  });

  it('leads from a machine that failed to its line', async () => {
    const played = play('failed').start().say(fleetLines()).fail(42);
    const window = await openWindow(browser, server, 'administrator');
    await window.go(played.path);
    await window.page.waitForSelector('[data-copy]:visible');
    await window.page.click('.trouble a:text("m2")');
    await window.page.waitForSelector('.log li.here >> text=m2: failed after 3 attempts');
    await window.close();
  });

  it('shows what a hostile sender says as text, and no link of his', async () => {
    const played = play('hostile').start({
      ci_run_url: 'javascript:alert(4)',
      commit_url: 'https://user:secret@evil.example/"><script>alert(5)</script>',
      by: '<script>alert(6)</script>',
      git_ref: HOSTILE[3],
    });
    played.say(HOSTILE.map((message, at) => callbackLine(at + 1, { message })));
    played.fail(HOSTILE.length, {
      error: HOSTILE[0] ?? '',
      hint: HOSTILE[1] ?? '',
      failed_machines: HOSTILE,
    });
    const window = await openWindow(browser, server, 'administrator', {
      viewport: { width: 360, height: 800 },
    });
    const { page } = window;
    await window.go(played.path);
    await page.waitForSelector('[data-copy]:visible');
    await page.waitForSelector('.log >> text=100% done');
    expect(await page.locator('main img, main script, main code code').count()).toBe(0);
    expect(await page.locator('a[href^="javascript:"], a[href*="secret"]').count()).toBe(0);
    expect(await page.locator('#L5 code').textContent()).toBe('link');
    expect(await page.locator('#L3 code').textContent()).toContain('\\u{202e}gnp.exe');
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide).toBeLessThanOrEqual(0);
    await window.close();
  });
});

describe('axe-core finds nothing, and nothing is wider than the window', () => {
  it('on the list, and on a deploy that failed, with gaps, or is under way', async () => {
    play('axe', 'run-1')
      .start()
      .say(fleetLines())
      .fail(42, { hint: 'x'.repeat(300) });
    const gaps = play('axe', 'run-2').start().say(lineRange(1, 3)).say(lineRange(9, 12));
    gaps.complete(20);
    const moving = play('axe', 'run-3').start().say(fleetLines());
    const window = await openWindow(browser, server, 'administrator');
    const { page } = window;
    for (const path of ['/deploys/', '/deploys/axe?run=run-1', gaps.path, moving.path]) {
      await window.go(path);
      if (path !== '/deploys/') await page.waitForSelector('[data-copy]:visible');
      expect([path, ...(await findingsIn(page))]).toEqual([path]);
    }
    await window.close();
  });
});
