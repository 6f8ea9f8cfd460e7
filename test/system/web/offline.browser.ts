import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { machine, report, told } from '../../support/runs/played-update.ts';
import { PlayedDeploy } from '../../support/web/deploys/deploy-scene.ts';
import { fleetBodies, logOf } from '../../support/web/fleet-events.ts';
import { linesOfRun, type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import { openWindow } from '../../support/web/web-visitor.ts';

let browser: Browser;
let rig: RequestRig;
let count = 0;

beforeAll(async () => {
  browser = await openBrowser();
  rig = await startRequests();
});
afterAll(() => browser.close());

const LINES = linesOfRun(report({ machines: [machine('m-one'), machine('m-two')] }));
const hold = () => rig.hold(LINES, LINES.split('\n').findIndex((line) => line.includes('"updated"')) + 1);

/** The path of a page of something under way, and what it says when that is over. */
interface Shown {
  readonly path: string;
  readonly end: string;
}

const runShown = async (): Promise<Shown> => {
  const { run } = rig.change(rig.context.runs.publish('ann', 'administrator'));
  return { path: `/runs/${run}`, end: 'It ended well' };
};

const passwordShown = async (): Promise<Shown> => {
  const { editor, passwords, runs } = rig.context;
  const form = { kind: 'password', action: 'set', userid: 'studio5', password: 'correct horse' } as const;
  await editor.save({ ...form, own: null }, { by: 'ada', publish: true });
  const [change] = runs.changes({ kinds: ['password'] }).rows;
  return { path: passwords.watchPath(change?.id ?? ''), end: 'All machines have your new password' };
};

const requestShown = async (): Promise<Shown> => {
  count += 1;
  const firstDay = `2027-03-0${count}`;
  const id = await rig.request({ name: `Event ${count}`, firstDay, lastDay: '' });
  return { path: `/requests/${id}`, end: 'The event' };
};

const PAGES: readonly (readonly [string, () => Promise<Shown>, boolean])[] = [
  ['a run', runShown, true],
  ['a run that is asked for by long poll', runShown, false],
  ['a request', requestShown, true],
  ['a new password', passwordShown, true],
];

describe('a page whose network goes', () => {
  // Its clock stands, so nothing but the browser's own word can be what it goes by.
  it.each(PAGES)('says so, and that it is back, where it shows %s', async (_, show, hasSockets) => {
    const held = hold();
    const { path, end } = await show();
    const { context, page, close } = await openWindow(browser, rig, 'administrator');
    let isSilent = false;
    await page.clock.install();
    await page.routeWebSocket(/\/live/, (socket) => {
      if (!hasSockets) void socket.close();
      else if (!isSilent) socket.connectToServer();
    });
    await page.route(/wait=/, (route) => (isSilent ? undefined : route.continue()));
    const isLive = path.startsWith('/runs/') && hasSockets;
    const heard = isLive ? page.waitForEvent('websocket') : page.waitForRequest(/wait=25/);
    await page.goto(`${rig.url}${path}`);
    await heard;
    const said = page.locator('[data-offline]').first();
    const isSaid = (words: RegExp) => expect.poll(() => said.textContent()).toMatch(words);
    const tell = (what: 'offline' | 'online') =>
      page.evaluate((type) => document.defaultView?.dispatchEvent(new Event(type)), what);
    await isSaid(/^$/);
    await page.clock.pauseAt(Date.now() + 3_600_000);
    // Cut off by the browser itself.
    await context.setOffline(true);
    await isSaid(/Not connected/);
    await context.setOffline(false);
    await isSaid(/^$/);
    // Nobody answers, and nobody says that nobody will.
    isSilent = true;
    await tell('offline');
    await isSaid(/Not connected/);
    await page.clock.runFor(2000);
    isSilent = false;
    await tell('online');
    await isSaid(/^$/);
    await page.clock.resume();
    held.release();
    await page.getByText(end).first().waitFor();
    await close();
  });

  it('asks for the other lines of a run that is over until it has them', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `line ${at + 1} of it`);
    rig.played.play({ lines: told(report(), [logOf('m1', lines), ...fleetBodies(report())]) });
    const id = rig.context.runs.publish('ann', 'administrator');
    await rig.reaches(id, 'live', 'failed');
    const { page, close } = await openWindow(browser, rig, 'administrator');
    let asked = 0;
    await page.route(/\/events\?/, (route) => {
      asked += 1;
      return asked === 1 ? route.abort() : route.continue();
    });
    await page.goto(`${rig.url}/runs/${rig.change(id).run}`);
    await page.waitForSelector('text=Not connected.');
    await page.waitForSelector('[data-copy]:visible');
    await page.fill('[name=q]', 'line 2500 of it');
    await page.waitForSelector('text=1 of 1');
    expect(await page.locator('[data-offline]').first().textContent()).toBe('');
    await close();
  });

  it('keeps its list up to date once there is a network again, however long that takes', async () => {
    const played = new PlayedDeploy(rig.context.deploys, 'listed', 'run-1').start();
    const { context, page, close } = await openWindow(browser, rig, 'administrator');
    await page.clock.install();
    await page.goto(`${rig.url}/deploys/?text=listed`);
    await page.waitForSelector('tbody .badge:text("Started")');
    await context.setOffline(true);
    for (let tries = 0; tries < 25; tries++) {
      const failed = page.waitForEvent('requestfailed');
      await page.clock.fastForward(60_000);
      await failed;
    }
    played.complete(0);
    await context.setOffline(false);
    await page.waitForSelector('tbody .badge:text("Completed")');
    await close();
  });
});
