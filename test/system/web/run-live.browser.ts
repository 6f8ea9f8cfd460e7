import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { machine, report } from '../../support/runs/played-update.ts';
import { linesOfRun, type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import { openWindow, type WebVisitor } from '../../support/web/web-visitor.ts';

let browser: Browser;
let rig: RequestRig;

beforeAll(async () => {
  browser = await openBrowser();
  rig = await startRequests();
});
afterAll(() => browser.close());

/** Asks for an update of the machines; gives the path of its run's page. */
function update(): string {
  return `/runs/${rig.change(rig.context.runs.publish('ann', 'administrator')).run}`;
}

const scroller = (page: Page) => page.locator('[data-log]');
const isAtEnd = (page: Page): Promise<boolean> =>
  scroller(page).evaluate(
    ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 30,
  );

/** A page of a run under way whose log is longer than its view. */
async function watched(before: number, after: number): Promise<{ window: WebVisitor; release: () => void }> {
  const lines = linesOfRun(
    report({ machines: Array.from({ length: before + after }, (_, at) => machine(`m${at + 1}`)) }),
  );
  const first =
    lines
      .split('\n')
      .findIndex((line) => line.includes(`"name":"m${before}"`) && line.includes('"updated"')) + 1;
  const held = rig.hold(lines, first);
  const path = update();
  const window = await openWindow(browser, rig, 'administrator');
  await window.go(path);
  // By then the script has taken over.
  await window.page.waitForSelector('[data-copy]:visible');
  await window.page.waitForSelector(`.log >> text=m${before}: updated`);
  return { window, release: held.release };
}

describe('the log of a run under way', () => {
  it('follows while the view is at its end, with machines and steps, and the page is that of the end', async () => {
    const { window, release } = await watched(60, 20);
    const { page } = window;
    await page.waitForFunction(() =>
      document.querySelector('[data-sentence]')?.textContent?.includes('60 of 80 machines'),
    );
    expect(await isAtEnd(page)).toBe(true);
    expect(await page.locator('[data-machines] tbody tr').count()).toBe(80);
    release();
    await page.waitForSelector('text=It ended well');
    expect(await page.locator('[data-steps] .badge.good').count()).toBe(3);
    await window.close();
  });

  it('stays where somebody reads, and offers the new lines', async () => {
    const { window, release } = await watched(60, 20);
    const { page } = window;
    await scroller(page).hover();
    await page.mouse.wheel(0, -5000);
    await page.waitForFunction(() => document.querySelector('[data-log]')?.scrollTop === 0);
    // Who reads is not taken away at the end either.
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    release();
    await page.waitForSelector('[data-new]:not([hidden]) >> text=/\\d+ new lines/');
    expect(await scroller(page).evaluate(({ scrollTop }) => scrollTop)).toBe(0);
    await page.click('[data-follow]');
    expect(await isAtEnd(page)).toBe(true);
    expect(await page.locator('[data-new]').isHidden()).toBe(true);
    await page.waitForSelector('[data-over]:not([hidden])');
    await window.close();
  });

  it('does not move while text in it is selected', async () => {
    const { window, release } = await watched(60, 20);
    const { page } = window;
    await page.evaluate(() => {
      const line = document.querySelector('.log li:nth-last-child(3) code');
      if (line) document.getSelection()?.selectAllChildren(line);
    });
    const before = await scroller(page).evaluate(({ scrollTop }) => scrollTop);
    const selected = await page.evaluate(() => document.getSelection()?.toString());
    release();
    await page.waitForSelector('[data-over]:not([hidden])');
    expect(await scroller(page).evaluate(({ scrollTop }) => scrollTop)).toBe(before);
    expect(await page.evaluate(() => document.getSelection()?.toString())).toBe(selected);
    await window.close();
  });

  it('goes on by long poll where no WebSocket gets through', async () => {
    const lines = linesOfRun(report({ machines: [machine('m1'), machine('m2')] }));
    const held = rig.hold(lines, 3);
    const path = update();
    const window = await openWindow(browser, rig, 'administrator');
    await window.page.addInitScript(() => {
      // As behind a proxy that does not let it through: nothing comes, and it is closed.
      Object.defineProperty(globalThis, 'WebSocket', {
        value: class {
          onclose: (() => void) | null = null;
          constructor() {
            queueMicrotask(() => this.onclose?.());
          }
          close(): void {}
        },
      });
    });
    await window.go(path);
    await window.page.waitForSelector('.log >> text=Step 1 of 3');
    held.release();
    await window.page.waitForSelector('text=It ended well');
    await window.close();
  });

  it('works without script', async () => {
    const lines = linesOfRun(report({ machines: [machine('m1'), machine('m2')] }));
    const held = rig.hold(lines, 3);
    const path = update();
    const window = await openWindow(browser, rig, 'administrator', { javaScriptEnabled: false });
    await window.go(path);
    await window.page.waitForSelector('.log >> text=Step 1 of 3');
    held.release();
    await window.page.waitForSelector('text=It ended well');
    await window.page.check('[name=errors]');
    await window.page.click('[data-plain] button');
    await window.page.waitForSelector('text=No line is like that.');
    await window.close();
  });
});
