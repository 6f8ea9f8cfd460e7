import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { machine, report, told } from '../../support/runs/played-update.ts';
import { fleetBodies, logOf } from '../../support/web/fleet-events.ts';
import { type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import { openWindow, type WebVisitor } from '../../support/web/web-visitor.ts';

let browser: Browser;
let rig: RequestRig;

beforeAll(async () => {
  browser = await openBrowser();
  rig = await startRequests();
});
afterAll(() => browser.close());

/** A run that says so much is over; gives the path of its page. */
async function finished(lines: string): Promise<string> {
  rig.played.play({ lines });
  const id = rig.context.runs.publish('ann', 'administrator');
  await rig.reaches(id, 'live', 'failed');
  rig.played.play({});
  return `/runs/${rig.change(id).run}`;
}

const many = (count: number): string =>
  told(report(), [
    logOf(
      'm1',
      Array.from({ length: count }, (_, at) => `line ${at + 1} of it`),
    ),
  ]);

/** Opens the page of a run, and waits until its script has all lines and has taken over: what is clicked before is lost. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<WebVisitor> {
  const window = await openWindow(browser, rig, 'administrator', options);
  await window.go(path);
  await window.page.waitForSelector('[data-copy]:visible');
  return window;
}

const rows = (page: Page) => page.locator('.log li');
describe('the log of a finished run', () => {
  it('has 2,000 rows in the page at most, and all lines within reach', async () => {
    const path = await finished(many(5000));
    const window = await open(path);
    const { page } = window;
    await page.waitForSelector('.log >> text=line 5000 of it');
    expect(await rows(page).count()).toBeLessThanOrEqual(2001);
    expect(await page.getByText('line 1 of it', { exact: true }).count()).toBe(0);
    for (let times = 0; times < 5; times += 1) {
      const more = page.locator('[data-more=earlier]');
      if ((await more.count()) === 0) break;
      await more.click();
      expect(await rows(page).count()).toBeLessThanOrEqual(2002);
    }
    await page.getByText('line 1 of it', { exact: true }).waitFor();
    await window.close();
  });

  it('is searched whole, with the count and the place, forwards and backwards', async () => {
    const path = await finished(many(5000));
    const window = await open(path);
    const { page } = window;
    await page.waitForSelector('.log >> text=line 5000 of it');
    await page.fill('[name=q]', 'LINE 77');
    await page.waitForSelector('text=1 of 11');
    await page.waitForSelector('.log li.here mark');
    expect(await page.locator('.log li.here').textContent()).toContain('line 77 of it');
    await page.click('[data-next]');
    expect(await page.locator('.log li.here').textContent()).toContain('line 770 of it');
    await page.click('[data-previous]');
    await page.click('[data-previous]');
    await page.waitForSelector('text=11 of 11');
    await page.fill('[name=q]', 'no such thing');
    await page.waitForSelector('text=Not found');
    await window.close();
  });

  it('opens at the line that the address names', async () => {
    const path = await finished(many(5000));
    const window = await open(`${path}#L2.1234`);
    await window.page.waitForSelector('.log li.here >> text=line 1234 of it');
    expect(
      await window.page.locator('.log li.here').evaluate((row) => {
        const view = row.closest('[data-log]')?.getBoundingClientRect();
        const { top, bottom } = row.getBoundingClientRect();
        return view !== undefined && top >= view.top && bottom <= view.bottom;
      }),
    ).toBe(true);
    await window.close();
  });

  it('is folded by machine, filtered by errors, shown at other times, and does not wrap where asked', async () => {
    const error = { code: 'unauthorized', message: 'it refuses the token', hint: 'Set it anew.' } as const;
    const ends = report({
      outcome: 'failed',
      machines: [machine('m1'), machine('m2', { outcome: 'failed', error })],
    });
    const lines = told(ends, [
      ...fleetBodies(ends),
      logOf('m1', ['said by m1', 'and more']),
      logOf('m2', ['said by m2']),
    ]);
    const path = await finished(lines);
    const window = await open(path, { timezoneId: 'Asia/Tokyo' });
    const { page } = window;
    await page.click('button[data-machine=m1]');
    expect(await page.locator('text=said by m1').count()).toBe(0);
    expect(await page.locator('text=said by m2').count()).toBe(1);
    expect(await page.locator('button[data-machine=m1]').getAttribute('aria-expanded')).toBe('false');
    await page.click('[data-fold]');
    expect(await page.locator('text=said by m2').count()).toBe(0);
    await page.click('[data-fold]');
    expect(await page.locator('.log >> text=/said by m/').count()).toBe(2);

    const first = rows(page).first().locator('time');
    const at = new Date((await first.getAttribute('title')) ?? '');
    const local = new Date(at.getTime() + 9 * 3600_000).toISOString().slice(11, 23);
    expect(await first.textContent()).toBe(local);
    await page.selectOption('[name=clock]', 'utc');
    expect(await first.textContent()).toBe(at.toISOString().slice(11, 23));
    await page.selectOption('[name=clock]', 'since');
    expect(await first.textContent()).toMatch(/^\+00:0\d\.\d{3}$/);

    await page.uncheck('[data-wrap]');
    expect(
      await page
        .locator('.log code')
        .first()
        .evaluate((line) => getComputedStyle(line).whiteSpaceCollapse + getComputedStyle(line).textWrapMode),
    ).toBe('preservenowrap');
    await page.check('[name=errors]');
    expect(await rows(page).count()).toBeGreaterThan(1);
    for (const name of await rows(page).evaluateAll((all) => all.map(({ className }) => className)))
      expect(name).toMatch(/error|warning/);
    await window.close();
  });

  it('is copied whole', async () => {
    const path = await finished(many(3000));
    const window = await open(path);
    await window.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await window.page.waitForSelector('.log >> text=line 3000 of it');
    // It says so for a moment.
    await Promise.all([window.page.waitForSelector('text=Copied'), window.page.click('[data-copy]')]);
    const copied = await window.page.evaluate(() => navigator.clipboard.readText());
    expect(copied.trimEnd().split('\n')).toHaveLength(3002);
    await window.close();
  });

  it('is text, whatever it says', async () => {
    const hostile = [
      '<img src=x onerror=alert(1)>',
      '</ol><script>alert(2)</script>',
      '\u001b[31mred\u001b[0m',
      '\u202egnp.exe',
      '&lt;b&gt;',
    ];
    const ends = report({ machines: [machine('<b>m1</b>')] });
    const path = await finished(told(ends, [...fleetBodies(ends), logOf('<b>m1</b>', hostile)]));
    const window = await open(path);
    await window.page.waitForSelector('.log >> text=onerror');
    expect(await window.page.locator('main img, main script, main b b').count()).toBe(0);
    expect(await window.page.getByText('<img src=x onerror=alert(1)>', { exact: true }).count()).toBe(1);
    await window.close();
  });
});
