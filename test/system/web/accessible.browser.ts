import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { html } from '../../../src/html/html.ts';
import * as controls from '../../../src/web/layout/form-controls.ts';
import * as pieces from '../../../src/web/layout/pieces.ts';
import { showPage } from '../../../src/web/reply.ts';
import type { Call, Route } from '../../../src/web/route.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import { findingsIn } from '../../support/browser/looks.ts';
import { ACCOUNTS } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

const FILLED = {
  values: { name: 'Spring Showcase' },
  problems: [
    { field: 'name', message: 'There is an event of this name in 2027 already' },
    { field: '', message: 'Nothing was saved' },
  ],
};
const TONES = ['good', 'bad', 'wait', 'busy', 'none'] as const;

/** One page with all that pages are made of. */
function allPieces(call: Call) {
  const { button, checkBox, errorSummary, formOf, selectField, textArea, textField } = controls;
  const { badge, facts, linkButton, progressBar, table, time } = pieces;
  return html`<h1>All pieces</h1>
${errorSummary(FILLED)}
${formOf(
  call,
  '/pieces',
  textField({ name: 'name', label: 'Name', hint: 'As visitors see it', isRequired: true }, FILLED),
  textField({ name: 'first', label: 'First day', type: 'date' }, controls.EMPTY),
  textArea({ name: 'note', label: 'Note' }, controls.EMPTY),
  selectField({ name: 'region', label: 'Region', choices: [['iad', 'Ashburn']] }, controls.EMPTY),
  checkBox('later', 'Create without updating the machines', true),
  html`<p class="actions">${button('Request')}${button('Update', 'go')}${button('Delete', 'danger')}${linkButton('#main', 'Back')}</p>`,
)}
<h2>Shown</h2>
${progressBar('some', 'Updating machines', 62)}
${progressBar('none', 'Waiting', null)}
<p data-offline role="status">Not connected.</p>
${facts([['Asked', time('2026-11-30T16:00:00Z')]])}
${table(
  'Machines',
  [
    { heading: 'Machine', cell: (tone: string) => tone },
    { heading: 'How it stands', cell: (tone) => badge(tone as 'good', `It is ${tone}`) },
    { heading: 'Time', cell: () => '240 ms', isNumber: true },
  ],
  TONES,
)}`;
}

const PIECES: Route = {
  method: 'GET',
  path: '/pieces',
  who: 'administrator',
  answer: (call) =>
    showPage(call, {
      title: 'All pieces',
      section: 'studios',
      notice: 'It is saved.',
      main: allPieces(call),
    }),
};

let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  browser = await openBrowser();
  server = await startWeb({ routes: [...ROUTES, PIECES] });
});
afterAll(() => browser?.close());

it.each([
  ['/pieces', 'administrator'],
  ['/requests/', 'owner'],
  ['/requests/', 'user'],
  ['/nothing', 'owner'],
] as const)(
  'the page %s of %s has nothing that axe finds, and fits, light or dark, narrow or wide',
  async (path, role) => {
    const { userid: username, password } = ACCOUNTS[role];
    const context = await browser.newContext({ bypassCSP: true, httpCredentials: { username, password } });
    const page = await context.newPage();
    await page.goto(`${server.url}${path}`);
    expect(await findingsIn(page)).toEqual([]);
    await context.close();
  },
);

it('the script puts the focus on what is wrong, shows local times, and sends a form once', async () => {
  const { userid: username, password } = ACCOUNTS.administrator;
  const context = await browser.newContext({
    timezoneId: 'Asia/Tokyo',
    locale: 'en-GB',
    httpCredentials: { username, password },
  });
  const page = await context.newPage();
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  // Answered by nothing, so that the page stays.
  await page.route('**/pieces', (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 204 }) : route.continue(),
  );
  await page.goto(`${server.url}/pieces`);
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('problems');
  const time = page.locator('time').first();
  expect([await time.textContent(), await time.getAttribute('title')]).toEqual([
    '1 Dec 2026, 01:00',
    '2026-11-30 16:00:00 UTC',
  ]);
  await page.evaluate(() => {
    const button = document.querySelector('button');
    button?.click();
    button?.click();
  });
  await expect.poll(() => sent.length).toBe(1);
  expect(await page.locator('button').first().getAttribute('aria-disabled')).toBe('true');
  await context.close();
});
