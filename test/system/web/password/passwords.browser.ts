import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../../dev/pages/chromium.ts';
import { findingsIn } from '../../../support/browser/looks.ts';
import { inIndex, type MailedWeb, startMailedWeb, tokenIn } from '../../../support/web/reset-mail.ts';
import { ACCOUNTS } from '../../../support/web/web-people.ts';

let browser: Browser;
let web: MailedWeb;
beforeAll(async () => {
  browser = await openBrowser();
  web = await startMailedWeb();
});
afterAll(async () => {
  await browser?.close();
  await web?.end();
});

const idOf = (userid: string): number =>
  inIndex<{ id: number }>(web.server, 'SELECT id FROM users WHERE userid = ?', userid)[0]?.id ?? 0;

let links = 0;
/** A link for a new password of a user that no other test uses. */
async function freshLink(): Promise<string> {
  links += 1;
  const userid = `studio${20 + links}`;
  const made = await web.server.context.passwords.linkFor(idOf(userid));
  if (!made) throw new Error(`no user ${userid}`);
  return made.path;
}

type Visit = (page: Page, url: string) => Promise<unknown>;

const PAGES: readonly (readonly [name: string, visit: Visit])[] = [
  ['one’s own password', (page, url) => page.goto(`${url}/password/`)],
  [
    'one’s own password, refused',
    async (page, url) => {
      await page.goto(`${url}/password/`);
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.locator('.problems').waitFor();
    },
  ],
  ['a forgotten password', (page, url) => page.goto(`${url}/password/reset`)],
  ['what follows it', (page, url) => page.goto(`${url}/password/reset/asked`)],
  ['a link', async (page, url) => page.goto(`${url}${await freshLink()}`)],
  [
    'a link, refused',
    async (page, url) => {
      await page.goto(`${url}${await freshLink()}`);
      await page.getByLabel('New password').fill('one thing');
      await page.getByLabel('The same again').fill('and another');
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.locator('.problems').waitFor();
    },
  ],
  ['a dead link', (page, url) => page.goto(`${url}/password/verify?token=dead`)],
  [
    'a change',
    async (page, url) => {
      const change = web.server.context.runs.changes({ kinds: ['password'] }).rows[0] ?? (await oneChange());
      await page.goto(`${url}${web.server.context.passwords.watchPath(change.id)}`);
    },
  ],
  ['a change that is too old', (page, url) => page.goto(`${url}/password/changes/one?seal=none`)],
  ['a user’s password', (page, url) => page.goto(`${url}/admin/users/${idOf('studio4')}/password`)],
  [
    'a user’s password, with a link',
    async (page, url) => {
      await page.goto(`${url}/admin/users/${idOf('studio4')}/password`);
      await page.getByRole('button', { name: 'Make a link' }).click();
      await page.waitForURL('**/link');
    },
  ],
];

async function oneChange() {
  const { editor, runs } = web.server.context;
  await editor.save(
    { kind: 'password', action: 'set', userid: 'studio5', password: 'correct horse', own: null },
    { by: 'ada', publish: true },
  );
  const [change] = runs.changes({ kinds: ['password'] }).rows;
  if (!change) throw new Error('no change');
  return change;
}

it.each(PAGES)(
  'the page of %s has nothing that axe finds, and fits, light or dark, narrow or wide',
  async (_, visit) => {
    const { userid: username, password } = ACCOUNTS.administrator;
    const context = await browser.newContext({ bypassCSP: true, httpCredentials: { username, password } });
    const page = await context.newPage();
    await visit(page, web.server.url);
    expect(await findingsIn(page)).toEqual([]);
    await context.close();
  },
);

it.each([true, false])(
  'somebody who has forgotten her password gets in again (script: %s)',
  async (javaScriptEnabled) => {
    const userid = javaScriptEnabled ? 'studio6' : 'studio7';
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    const referers: string[] = [];
    page.on('request', async (request) => referers.push((await request.allHeaders())['referer'] ?? ''));
    await page.goto(`${web.server.url}/password/reset`);
    await page.getByLabel('Userid or e-mail address').fill(userid);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();
    const link = await web.linkTo(userid);
    web.played.play({});
    await page.goto(`${web.server.url}${link}`);
    await page.getByLabel('New password').fill('correct horse battery');
    await page.getByLabel('The same again').fill('correct horse battery');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('All machines have your new password').waitFor();
    expect(await page.locator('body').textContent()).toContain(`Log in as ${userid} with the new password`);
    expect(referers.filter((referer) => referer.includes(tokenIn(link).slice(0, 20)))).toEqual([]);
    await context.close();
    const again = await browser.newContext({
      httpCredentials: { username: userid, password: 'correct horse battery' },
    });
    const home = await again.newPage();
    expect((await home.goto(`${web.server.url}/requests/`))?.status()).toBe(200);
    await again.close();
  },
);
