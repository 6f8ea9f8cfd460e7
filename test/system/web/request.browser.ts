import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { halfFailed, machine, report, told } from '../../support/runs/played-update.ts';
import { linesOfRun, type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import { openWindow, type WebVisitor } from '../../support/web/web-visitor.ts';

let browser: Browser;
let rig: RequestRig;
let form: string;
let count = 0;

beforeAll(async () => {
  browser = await openBrowser();
  rig = await startRequests();
  form = `/studios/${rig.studios.owned}/request`;
});
afterAll(() => browser.close());

const THREE = report({
  machines: [machine('m-one'), machine('m-two'), machine('m-three')],
  skipped: [{ id: 'm-asleep', region: 'ams', state: 'suspended' }],
});
/** Lines up to the first machine that has it. */
const UNTIL_FIRST =
  linesOfRun(THREE)
    .split('\n')
    .findIndex((line) => line.includes('"outcome":"updated"')) + 1;

/** Types a request of its own, and sends it; gives the path of its event. */
async function send({ page }: WebVisitor): Promise<string> {
  count += 1;
  await page.fill('#field-name', `Event ${count}`);
  await page.fill('#field-firstDay', new Date(Date.UTC(2027, 0, 3 * count)).toISOString().slice(0, 10));
  await page.click('button.main');
  return `2027/${rig.studios.owned}/event-${count}`;
}

const textOf = (page: Page, selector: string) => page.locator(selector).textContent();

describe('a request in a browser', () => {
  it('shows that a machine failed until somebody has it tried again, and then goes to the event', async () => {
    rig.played.play({ lines: told(halfFailed('unauthorized')), exit: 1 });
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go(form);
    const path = await send(window);
    await page.waitForSelector('section[data-problem]');
    await page.waitForSelector('h1:has-text("The event is live")');
    rig.played.play({});
    const { runs } = rig.context;
    const [failed] = runs.runs({ states: ['failed'] }).rows;
    runs.retry(failed?.id ?? '', 'ada');
    await page.waitForURL(`${rig.site.url}/${path}`);
    await window.close();
  });

  it('is typed, watched machine by machine, and ends on the page of the event', async () => {
    const held = rig.hold(linesOfRun(THREE), UNTIL_FIRST);
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go('/requests/');
    await page.click('text=Request an event');
    const path = await send(window);
    await page.waitForURL('**/requests/*');
    await page.waitForFunction(() => document.querySelector('progress')?.value === 49);
    expect(await textOf(page, '[data-detail]')).toBe('1 of 3 machines has it.');
    expect(await page.locator('.machines li').allTextContents()).toEqual([
      expect.stringMatching(/m-one.*Has it/),
      expect.stringMatching(/m-two.*Being asked/),
      expect.stringMatching(/m-three.*Being asked/),
      expect.stringMatching(/m-asleep.*Sleeps/),
    ]);
    held.release();
    await page.waitForURL(`${rig.site.url}/${path}`);
    expect(await textOf(page, 'h1')).toContain('The event');
    await window.close();
  });

  it('does not send anybody away who comes back to its page', async () => {
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go(form);
    const path = await send(window);
    await page.waitForURL(`${rig.site.url}/${path}`);
    await page.goBack();
    await page.waitForSelector('text=Go to the event');
    expect(await textOf(page, 'h1')).toBe('The event is live');
    await page.reload();
    await page.waitForLoadState('networkidle');
    expect(page.url()).toContain('/requests/');
    await window.close();
  });

  it('goes to the event, too, where the run was over before the page was there', async () => {
    const id = await rig.request({ name: 'Fast', firstDay: '2028-05-05', lastDay: '' });
    await rig.reaches(id, 'live');
    const window = await openWindow(browser, rig, 'owner');
    await window.page.goto(`${rig.url}/requests/${id}?go=1`);
    await window.page.waitForURL(`${rig.site.url}/**`);
    // Though the page knew it before it was loaded.
    await window.page.goBack();
    await window.page.waitForSelector('text=Go to the event');
    await window.close();
  });

  it('is the same after a reload in the middle', async () => {
    const held = rig.hold(linesOfRun(THREE), UNTIL_FIRST);
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go(form);
    const path = await send(window);
    await page.waitForFunction(() => document.querySelector('progress')?.value === 49);
    await page.reload();
    expect(await page.locator('progress').getAttribute('value')).toBe('49');
    held.release();
    await page.waitForURL(`${rig.site.url}/${path}`);
    await window.close();
  });

  it('is shown by two windows alike, and both go to the event', async () => {
    const held = rig.hold(linesOfRun(THREE), UNTIL_FIRST);
    const first = await openWindow(browser, rig, 'owner');
    const second = await openWindow(browser, rig, 'administrator');
    await first.go(form);
    const path = await send(first);
    await first.page.waitForURL('**/requests/*');
    await second.page.goto(first.page.url());
    for (const { page } of [first, second])
      await page.waitForFunction(() => document.querySelector('progress')?.value === 49);
    held.release();
    for (const { page } of [first, second]) await page.waitForURL(`${rig.site.url}/${path}`);
    await first.close();
    await second.close();
  });

  it('says while it is not connected, and goes on by itself when the network is back', async () => {
    const held = rig.hold(linesOfRun(THREE), UNTIL_FIRST);
    const window = await openWindow(browser, rig, 'owner');
    const { page, context } = window;
    await window.go(form);
    const path = await send(window);
    // Until it is loaded: the progress is in the page before the script is that says when it is not connected.
    await page.waitForURL('**/requests/*');
    await page.waitForFunction(() => document.querySelector('progress')?.value === 49);
    await context.setOffline(true);
    await page.waitForSelector('text=Not connected.');
    held.release();
    const id = /requests\/(\w+)/.exec(page.url())?.[1] ?? '';
    await rig.reaches(id, 'live');
    expect(page.url()).toContain('/requests/');
    await context.setOffline(false);
    await page.waitForURL(`${rig.site.url}/${path}`);
    await window.close();
  });

  it('needs no script: the page loads itself again, and has a link at the end', async () => {
    const held = rig.hold(linesOfRun(THREE), UNTIL_FIRST);
    const window = await openWindow(browser, rig, 'owner', { javaScriptEnabled: false });
    const { page } = window;
    await window.go(form);
    const path = await send(window);
    await page.waitForSelector('text=1 of 3 machines has it.');
    held.release();
    await page.click('text=Go to the event');
    await page.waitForURL(`${rig.site.url}/${path}`);
    await window.close();
  });

  it('needs no mouse', async () => {
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go(form);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('By Keyboard');
    await page.keyboard.press('Tab');
    await page.keyboard.type('06062029');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${rig.site.url}/2029/${rig.studios.owned}/by-keyboard`);
    await window.close();
  });

  it('that is wrong comes back with what was typed, and the focus on what is wrong', async () => {
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go(form);
    await page.fill('#field-name', 'Kept');
    await page.fill('#field-firstDay', '2027-05-05');
    await page.fill('#field-lastDay', '2027-05-01');
    await page.click('button.main');
    await page.waitForSelector('.problems:focus');
    expect(await page.inputValue('#field-name')).toBe('Kept');
    expect(await page.inputValue('#field-lastDay')).toBe('2027-05-01');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#field-lastDay:focus');
    await page.fill('#field-lastDay', '');
    await page.click('button.main');
    await page.waitForURL(`${rig.site.url}/2027/${rig.studios.owned}/kept`);
    await window.close();
  });

  it('that fails says so by itself, and is tried again by its button', async () => {
    const elsewhere = told(report({ outcome: 'changed-elsewhere', machines: [] }));
    const held = rig.hold(elsewhere);
    const window = await openWindow(browser, rig, 'owner');
    const { page } = window;
    await window.go(form);
    const path = await send(window);
    await page.waitForSelector('progress');
    held.release();
    await page.waitForSelector('text=The event is saved, but not live');
    expect(await textOf(page, '[data-problem]')).toContain('an administrator has to decide');
    await page.click('text=Try again');
    await page.waitForURL(`${rig.site.url}/${path}`);
    await window.close();
  });

  it('left open at a failure, is told when somebody else has it tried again', async () => {
    rig.played.play({ lines: told(report({ outcome: 'changed-elsewhere', machines: [] })) });
    const id = await rig.request({ name: 'Left Open', firstDay: '2028-07-07', lastDay: '' });
    await rig.reaches(id, 'failed');
    rig.played.play({});
    const window = await openWindow(browser, rig, 'owner');
    await window.go(`/requests/${id}`);
    await window.page.waitForSelector('text=Try again');
    rig.context.runs.retry(id, 'ada');
    await window.page.waitForURL(`${rig.site.url}/2028/**`);
    await window.close();
  });
});
