import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { renderMail } from '../../../src/mail/mail-layout.ts';
import { liveWording, resetWording, runFailedWording } from '../../../src/mail/mail-texts.ts';
import type { Run } from '../../../src/runs/run-model.ts';
import { findingsIn } from '../../support/browser/looks.ts';

const LONG = 'Grand '.repeat(30);
const SITE = 'https://smooth.example/showcase';
const LIVE = { after: { name: LONG, date: '2027-05-01' }, live: { url: `${SITE}/2027/boston/gala` } };
const FAILED = {
  target: 'fly',
  by: 'ann',
  error: {
    code: 'machine-failed',
    message: `2 machines failed (${'3d8d9930b32d89, '.repeat(5)})`,
    hint: 'Look at them.',
  },
} as Run;
const RESET = {
  ...{ userid: 'ann', name: 'Ann', by: null, until: '2026-12-01T17:20:00.000Z' },
  url: `${SITE}/password/verify?token=${'x'.repeat(95)}`,
};

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

it.each([
  ['a link for a password', renderMail(resetWording(RESET))],
  ['a live event', renderMail(liveWording('Ann', LIVE))],
  ['a failed run', renderMail(runFailedWording(FAILED, [], `${SITE}/runs/one`))],
])('the mail of %s has nothing that axe finds, and fits, light or dark, narrow or wide', async (_, mail) => {
  const page = await browser.newPage();
  await page.setContent(mail.html);
  // A mail is shown in a page of somebody else's, which has the landmarks.
  const found = (await findingsIn(page)).filter(
    (finding) => !/: (?:region|landmark-one-main):/.test(finding),
  );
  expect(found).toEqual([]);
  await page.close();
});
