import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { machine, report } from '../../support/runs/played-update.ts';
import { BuiltServer } from '../../support/web/built-server.ts';
import { EventSite } from '../../support/web/event-site.ts';
import { linesOfRun } from '../../support/web/request-rig.ts';
import { openWindow, type WebVisitor } from '../../support/web/web-visitor.ts';

let browser: Browser;
let site: EventSite;
let server: BuiltServer;
let window: WebVisitor;

beforeAll(async () => {
  browser = await openBrowser();
  site = await EventSite.start();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = new BuiltServer(site);
  await server.start();
  window = await openWindow(browser, server, 'owner');
});
afterEach(async () => {
  await window.close();
  await server.close();
});

const ENDS = report({ machines: [machine('m-one'), machine('m-two')] });
const lines = linesOfRun(ENDS).split('\n');
const UNTIL_FIRST = lines.slice(0, lines.findIndex((line) => line.includes('"updated"')) + 1);

async function send(): Promise<void> {
  await window.go(`/studios/${server.studios.owned}/request`);
  await window.page.fill('#field-name', 'Gala');
  await window.page.fill('#field-firstDay', '2027-03-05');
  await window.page.click('button.main');
  await window.page.waitForURL('**/requests/*');
}

const arrived = () => window.page.waitForURL(`${site.url}/2027/${server.studios.owned}/gala`);

describe('a server that is killed while somebody watches', () => {
  it('in the middle of a run is followed by one that does it again, and the page goes on by itself', async () => {
    server.holdNext(UNTIL_FIRST.map((line) => `${line}\n`).join(''));
    await send();
    await window.page.waitForSelector('text=1 of 2 machines has it.');
    await server.kill();
    await window.page.waitForSelector('text=Not connected.');
    server.played.play({});
    await server.start();
    await arrived();
    expect(server.played.starts.length).toBe(2);
  });

  it('while the event is asked for goes on asking for it', async () => {
    site.has(() => false);
    await send();
    await window.page.waitForSelector('text=whether it answers.');
    await server.kill();
    await window.page.waitForSelector('text=Not connected.');
    site.has(() => true);
    await server.start();
    await arrived();
  });

  it('and stays away shows the request as it is to who loads the page later', async () => {
    server.holdNext(UNTIL_FIRST.map((line) => `${line}\n`).join(''));
    await send();
    const page = window.page.url();
    await server.kill();
    server.played.play({});
    await server.start();
    await window.page.goto(page);
    await arrived();
  });

  it('leaves a run page that tells the truth: interrupted, and done again by another run', async () => {
    server.holdNext(UNTIL_FIRST.map((line) => `${line}\n`).join(''));
    await send();
    await window.page.click('text=The log of this update');
    await window.page.waitForURL('**/runs/*'); // until it is loaded: the line is in the page before the script that watches is
    await window.page.waitForSelector('.log >> text=m-one: updated');
    await server.kill();
    await window.page.waitForSelector('text=Not connected.');
    server.played.play({});
    await server.start();
    await window.page.waitForSelector('text=This server ended while it ran.');
    await window.page.click('text=the next run');
    await window.page.waitForSelector('text=It ended well');
  });
});
