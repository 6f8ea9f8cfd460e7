import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { renderMail } from '../../../src/mail/mail-layout.ts';
import { liveWording, resetWording, runFailedWording } from '../../../src/mail/mail-texts.ts';
import type { Run } from '../../../src/runs/run-model.ts';
import { axeFindings, loadAxe } from '../../support/browser/axe.ts';

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

describe.each([
  ['a link for a password', renderMail(resetWording(RESET))],
  ['a live event', renderMail(liveWording('Ann', LIVE))],
  ['a failed run', renderMail(runFailedWording(FAILED, [], `${SITE}/runs/one`))],
])('the mail of %s', (_, mail) => {
  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [360, 'light'],
    [360, 'dark'],
  ] as const)('has nothing that axe finds, and fits, at %i pixels in %s', async (width, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    await page.setContent(mail.html);
    await loadAxe(page);
    // A mail is shown in a page of somebody else's, which has the landmarks.
    expect(
      (await axeFindings(page)).filter((finding) => !/^(?:region|landmark-one-main):/.test(finding)),
    ).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await context.close();
  });
});
