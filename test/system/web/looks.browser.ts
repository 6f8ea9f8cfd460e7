import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { findingsIn } from '../../support/browser/looks.ts';
import { machine, report, told } from '../../support/runs/played-update.ts';
import { fleetBodies, logOf } from '../../support/web/fleet-events.ts';
import { type Held, linesOfRun, type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import { openWindow, type WebVisitor } from '../../support/web/web-visitor.ts';

let browser: Browser;
let rig: RequestRig;
let held: Held | null = null;
let window: WebVisitor;

const NAME = `${'Unbrokenname'.repeat(5)} <b>&amp;"' Größe \u6625\u306e\u30c0\u30f3\u30b9`;
const ERROR = {
  code: 'unauthorized',
  message: 'it refuses the token',
  hint: 'Set FLEET_TOKEN anew.',
} as const;
const ENDS = report({
  outcome: 'failed',
  machines: [
    machine('m1'),
    machine('m2', { outcome: 'failed', error: ERROR }),
    machine('m-with-a-very-long-name-without-an-end-0123456789'),
  ],
  skipped: [{ id: 'm3', region: 'ams', state: 'suspended' }],
});

const paths = new Map<string, string>();

beforeAll(async () => {
  browser = await openBrowser();
  rig = await startRequests();
  const form = `/studios/${rig.studios.owned}/request`;
  paths.set('the form', form);
  paths.set('the form, filled from an earlier event', `${form}?like=1`);
  rig.played.play({ lines: told(report({ outcome: 'changed-elsewhere', machines: [] })) });
  const failed = await rig.request({ name: NAME, firstDay: '2027-02-02', lastDay: '' });
  await rig.reaches(failed, 'failed');
  paths.set('a request that failed', `/requests/${failed}`);
  rig.played.play({ lines: told(ENDS, [...fleetBodies(ENDS), logOf('m1', ['x'.repeat(400), NAME])]) });
  const live = await rig.request({ name: 'Half', firstDay: '2027-03-03', lastDay: '' });
  await rig.reaches(live, 'live');
  paths.set('a request that is live, but not everywhere', `/requests/${live}`);
  const run = rig.context.runs
    .runs({ states: ['failed'] })
    .rows.find(({ report }) => report?.machines.length === 3);
  paths.set('a run that failed', `/runs/${run?.id}`);
  paths.set('an address that is not there', '/runs/nothing');
  const pending = await rig.request(
    { name: 'Later', firstDay: '2027-04-04', lastDay: '', later: '1' },
    'administrator',
  );
  paths.set('a request that is pending', `/requests/${pending}`);
  paths.set('the list of runs', '/runs/?first=failed');
  paths.set('the list of requests', '/requests/');
  // Its automatic retry is due only later, so this one begins at once.
  held = rig.hold(
    linesOfRun(ENDS),
    linesOfRun(ENDS)
      .split('\n')
      .findIndex((line) => line.includes('"updated"')) + 1,
  );
  const moving = await rig.request({ name: 'Moving', firstDay: '2027-05-05', lastDay: '' });
  paths.set('a request under way', `/requests/${moving}`);
  paths.set('a run under way', `/runs/${rig.change(moving).run}`);
  window = await openWindow(browser, rig, 'administrator');
});
afterAll(async () => {
  held?.release();
  await window?.context.close();
  await browser.close();
});

const findings = (): Promise<string[]> => findingsIn(window.page);

describe('axe-core finds nothing, and nothing is wider than the window', () => {
  it.each([
    ...['the form', 'the form, filled from an earlier event', 'a request under way', 'a request that failed'],
    ...[
      'a request that is live, but not everywhere',
      'a request that is pending',
      'a run under way',
      'a run that failed',
    ],
    ...['the list of runs', 'the list of requests', 'an address that is not there'],
  ])('on %s, light or dark, narrow or wide', async (name) => {
    await window.go(paths.get(name) ?? '');
    await window.page.waitForFunction(() => document.querySelectorAll('[data-scripted][hidden]').length <= 1);
    expect(await findings()).toEqual([]);
  });

  it('on a form with problems, light or dark, narrow or wide', async () => {
    await window.go(paths.get('the form') ?? '');
    await window.page.fill('#field-name', NAME);
    await window.page.click('button.main');
    await window.page.waitForSelector('.problems');
    expect(await findings()).toEqual([]);
  });

  it('on the question before an event is moved, light or dark, narrow or wide', async () => {
    const db = openDatabase(rig.indexPath);
    db.prepare(
      `INSERT INTO showcases (year, key, name, location_id, "order", date, created_at, updated_at)
       SELECT 2030, 'showcase', 'Only One', id, 9999, '2030-05-01', '2026-01-01', '2026-01-01' FROM locations WHERE key = ?`,
    ).run(rig.studios.owned);
    db.close();
    await window.go(paths.get('the form') ?? '');
    await window.page.fill('#field-name', NAME);
    await window.page.fill('#field-firstDay', '2030-09-09');
    await window.page.click('button.main');
    await window.page.waitForSelector('text=Is that what you want?');
    expect(await findings()).toEqual([]);
    await window.page.click('text=Change what I typed');
    expect(await window.page.inputValue('#field-name')).toBe(NAME);
  });
});
