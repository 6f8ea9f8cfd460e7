import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { StandIn } from '../../../dev/web/stand-in.ts';
import { never } from '../../support/store/faults.ts';
import { type Gate, makeGate } from '../../support/suite/gate.ts';
import { type Site, startSite } from '../../support/web-e2e/site.ts';

let site: Site;
let browser: Browser;
/** Navigator on another machine, which hands on to that of the admin host. */
let outer: StandIn;
const windows: BrowserContext[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  site = await startSite(2);
  await site.rig.renderPages();
  outer = await StandIn.start({ root: '/showcase', pages: site.rig.simUrl });
  outer.aim(site.rig.standIn.url);
});
afterAll(async () => {
  await browser.close();
  await outer.close();
  await site.close();
});
afterEach(async () => {
  site.store.plan(never);
  for (const window of windows.splice(0)) await window.close();
});

/** Nothing gets past the store until it is opened. */
function hold(): Gate {
  const gate = makeGate();
  site.store.plan(() => gate.opened.then(() => undefined));
  return gate;
}

async function open(path: string, { origin = site.rig.standIn.url, script = true } = {}): Promise<Page> {
  const [owner] = site.rig.sample.owners;
  if (!owner) throw new Error('the sample has no owners');
  const window = await browser.newContext({
    httpCredentials: { username: owner.userid, password: owner.password },
    javaScriptEnabled: script,
  });
  windows.push(window);
  const page = await window.newPage();
  await page.goto(`${origin}${path}`);
  return page;
}

async function send(page: Page, name: string, day: string): Promise<void> {
  await page.fill('[name=name]', name);
  await page.fill('[name=firstDay]', day);
  await page.click('text=Request the event');
  await page.waitForURL('**/requests/*');
}

const FORM = '/studios/newyork/request';
const h1 = (page: Page) => page.locator('h1').textContent();

describe('a request in a browser, from end to end', () => {
  it('begins on the page of the studio, and ends on that of the event, through two proxies', async () => {
    const page = await open('/studios/newyork/', { origin: outer.url });
    await page.click(`a[href$="${FORM}"]`);
    await send(page, 'Browser Gala', '2027-03-01');
    expect(new URL(page.url()).origin).toBe(outer.origin);
    await page.waitForURL(`${site.rig.standIn.url}/2027/newyork/browser-gala/`);
    expect(await page.locator('b').textContent()).toBe('2027-newyork-browser-gala');
  });

  it('goes on by itself when the server was killed in the middle', async () => {
    const gate = hold();
    const page = await open(FORM);
    await send(page, 'Killed Gala', '2027-04-01');
    await page.waitForFunction(() => document.querySelector('progress')?.value === 12);
    await site.rig.endServer('SIGKILL');
    await page.waitForFunction(() => document.querySelector('[data-offline]')?.textContent !== '');
    expect(await h1(page)).toBe('The event is being published');
    gate.open();
    await site.rig.startServer();
    await page.waitForURL(`${site.rig.standIn.url}/2027/newyork/killed-gala/`);
  });

  it('is the same in a second window, and after a reload in the middle', async () => {
    const gate = hold();
    const first = await open(FORM);
    await send(first, 'Twice Gala', '2027-05-01');
    const path = new URL(first.url()).pathname.replace('/showcase', '');
    const second = await open(path);
    await first.reload();
    for (const page of [first, second]) expect(await h1(page)).toBe('The event is being published');
    gate.open();
    for (const page of [first, second])
      await page.waitForURL(`${site.rig.standIn.url}/2027/newyork/twice-gala/`);
  });

  it('is there after a sleep in which everything happened', async () => {
    const gate = hold();
    const page = await open(FORM);
    await send(page, 'Asleep Gala', '2027-06-01');
    const id = /requests\/(\w+)/.exec(page.url())?.[1] ?? '';
    await page.context().setOffline(true);
    gate.open();
    const [owner] = site.rig.sample.owners;
    if (owner) expect((await site.rig.visitor(owner).untilOver(id)).state).toBe('live');
    await page.context().setOffline(false);
    await page.waitForURL(`${site.rig.standIn.url}/2027/newyork/asleep-gala/`);
  });

  it('has a log that comes by a WebSocket through two proxies', async () => {
    const gate = hold();
    const page = await open(FORM, { origin: outer.url });
    await send(page, 'Logged Gala', '2027-08-01');
    const log = await page.locator('text=The log of this update').getAttribute('href');
    const types: string[] = [];
    page.on('websocket', (socket) => {
      expect(socket.url()).toContain(`${outer.url.replace('http', 'ws')}/live?run=`);
      socket.on('framereceived', ({ payload }) =>
        types.push((JSON.parse(String(payload)) as { type: string }).type),
      );
    });
    await page.goto(new URL(log ?? '', page.url()).href);
    await expect.poll(() => types).toContain('state');
    gate.open();
    await page.waitForSelector('text=2 of 2 machines have it');
    await expect.poll(() => types.at(-1)).toBe('end');
    expect(types).toContain('event');
  });

  it('works without script, by reloading itself', async () => {
    const gate = hold();
    const page = await open(FORM, { script: false });
    await send(page, 'Plain Gala', '2027-07-01');
    expect(await h1(page)).toBe('The event is being published');
    gate.open();
    await page.waitForSelector('text=Go to the event');
    await page.click('text=Go to the event');
    await page.waitForURL(`${site.rig.standIn.url}/2027/newyork/plain-gala/`);
  });
});
