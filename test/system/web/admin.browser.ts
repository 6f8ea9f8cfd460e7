import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { CROSSED, findingsIn, LOOKS, type Look } from '../../support/browser/looks.ts';
import { type AdminScene, startAdminScene } from '../../support/web/admin-scene.ts';
import { hostileIndex } from '../../support/web/hostile-scene.ts';
import { outOfStep, verified } from '../../support/web/played-fleet.ts';
import { ACCOUNTS } from '../../support/web/web-people.ts';

// axe-core runs 132 times.
vi.setConfig({ testTimeout: 180_000 });

const PATHS = [
  '/admin/',
  '/admin/apply',
  ...['events', 'studios', 'users', 'regions'].flatMap((folder) => [
    `/admin/${folder}/`,
    `/admin/${folder}/new`,
    `/admin/${folder}/2`,
    `/admin/${folder}/2/delete`,
  ]),
  '/admin/events/?text=nothing+is+like+this',
  '/admin/events/?page=2',
  '/admin/history/',
  '/admin/history/runs/',
];

let browser: Browser;
let plain: AdminScene;
let hostile: AdminScene;

beforeAll(async () => {
  browser = await openBrowser();
  plain = await startAdminScene();
  hostile = await startAdminScene(hostileIndex());
  for (const scene of [plain, hostile]) {
    scene.fleet.says('verify', outOfStep(), 1);
    writeFileSync(join(scene.source, 'changes'), ' M app/models/user.rb\n');
    await scene.server.context.fleet.verify.ask('ada');
    await scene.server.context.fleet.rehearse.ask('ada');
  }
});

afterAll(() => browser?.close());

async function open(script = true): Promise<BrowserContext> {
  const { userid: username, password } = ACCOUNTS.administrator;
  const httpCredentials = { username, password, send: 'always' } as const;
  return browser.newContext({ httpCredentials, javaScriptEnabled: script });
}

/** What is wrong with the page in each of the looks, with everything folded open. */
async function findings(page: Page, looks: readonly Look[] = LOOKS): Promise<unknown[]> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  const url = page.url();
  return (await findingsIn(page, looks)).map((finding) => ({ url, finding }));
}

describe('axe-core finds nothing, and nothing is wider than the screen', () => {
  it.each(['plain', 'hostile'] as const)("in any administrators' page of a %s index", async (name) => {
    const { server, edit } = name === 'plain' ? plain : hostile;
    const context = await open();
    const page = await context.newPage();
    const change = await edit({ kind: 'region', action: 'create', form: REGION });
    const found: unknown[] = [];
    for (const path of [...PATHS, `/admin/history/${change}`]) {
      await page.goto(`${server.url}${path}`);
      found.push(...(await findings(page, name === 'plain' ? LOOKS : CROSSED)));
      expect(await page.evaluate(() => (globalThis as { injected?: unknown }).injected)).toBeUndefined();
    }
    await context.close();
    expect(found).toEqual([]);
  });

  it('in what a form answers: problems, what follows, and what another changed', async () => {
    const { server } = plain;
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${server.url}/admin/users/new`);
    await page.click('button[value=save]');
    await page.waitForSelector('.problems:focus');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('problems');
    const found = await findings(page);
    await page.goto(`${server.url}/admin/studios/8`);
    await page.fill('[name=key]', 'another-key');
    await page.click('button[value=save]');
    await page.locator('main', { hasText: 'Nothing was saved yet.' }).waitFor();
    found.push(...(await findings(page)));
    await page.goto(`${server.url}/admin/users/9`);
    const user = (await server.context.index.user(9)) ?? expect.unreachable();
    await plain.edit({ ...user, kind: 'user', action: 'update', form: { ...user, name1: 'By another' } });
    await page.fill('[name=name1]', 'Mine');
    await page.click('button[value=save]');
    await page.locator('main', { hasText: 'By another' }).waitFor();
    expect(await page.inputValue('[name=name1]')).toBe('Mine');
    found.push(...(await findings(page)));
    await context.close();
    expect(found).toEqual([]);
  });
});

const REGION = { type: 'fly', code: 'tst', location: 'Testville', latitude: '48.8', longitude: '2.3' };

describe('the script', () => {
  it('shows on the map what is typed as a place, and names the nearest region', async () => {
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${plain.server.url}/admin/studios/3`);
    await page.fill('[name=latitude]', '35.68');
    await page.fill('[name=longitude]', '139.69');
    await page.waitForSelector('text=Map of Japan');
    expect(await page.textContent('[data-place]')).toMatch(/nearest region is \w+/);
    await page.fill('[name=latitude]', 'north');
    await page.waitForSelector('text=Type latitude and longitude');
    await context.close();
  });

  it('shows what the machines say as soon as they have said it, without a reload', async () => {
    const context = await open();
    const page = await context.newPage();
    await page.goto(`${plain.server.url}/admin/`);
    plain.fleet.says('verify', verified());
    const letGo = plain.fleet.hold('verify');
    await Promise.all([page.waitForNavigation(), page.click('text=Ask again')]);
    await page.waitForSelector('[data-refreshing]');
    await page.focus('text=Being asked >> nth=-1');
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    letGo();
    await page.waitForSelector('text=All 3 machines have the published index');
    await page.waitForSelector('[data-refreshing]', { state: 'detached' });
    expect(await page.evaluate(() => (globalThis as { isSamePage?: true }).isSamePage)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Ask again');
    await context.close();
  });
});

describe('without script', () => {
  it('a studio is renamed and the machines are updated by keyboard alone', async () => {
    const context = await open(false);
    const page = await context.newPage();
    await page.goto(`${plain.server.url}/admin/studios/14`);
    await page.focus('[name=name]');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('By Keyboard');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.textContent('main')).toContain('is called "By Keyboard"');
    await page.focus('button[value=publish]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(page.url()).toMatch(/\/runs\/\w+/);
    expect((await plain.server.context.index.studio(14))?.name).toBe('By Keyboard');
    await context.close();
  });
});
