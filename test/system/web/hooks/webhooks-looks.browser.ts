import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBrowser } from '../../../../dev/pages/chromium.ts';
import { findingsIn } from '../../../support/browser/looks.ts';
import { type RequestRig, startRequests } from '../../../support/web/request-rig.ts';
import { openWindow, type WebVisitor } from '../../../support/web/web-visitor.ts';
import { github, HOOK_ENV, KEY, push, webhook } from '../../../support/webhooks/hook-sender.ts';
import { answer, WebhookReceiver } from '../../../support/webhooks/webhook-receiver.ts';

let browser: Browser;
let rig: RequestRig;
let window: WebVisitor;

beforeAll(async () => {
  browser = await openBrowser();
  const [good, bad, gone] = await Promise.all([1, 2, 3].map(() => WebhookReceiver.start(KEY)));
  if (bad) bad.usual = answer(500);
  if (gone) gone.usual = answer(410);
  const long = `${good?.url}/a/b/c/d/e/f/${'AbCdEfGhIj'.repeat(4)}/last?token=1#run.finished,machine.failed`;
  rig = await startRequests({
    ...HOOK_ENV,
    WEBHOOK_URLS: `${good?.url} ${long} ${bad?.url} ${gone?.url}`,
    WEBHOOK_SIGNING_KEY: KEY,
  });
  for (const signed of [webhook({}), await github('push', push('main'))])
    await rig.ask('/hooks/update', 'nobody', { method: 'POST', ...signed });
  const states = () => rig.context.runs.outbox.list({ page: 1, limit: 50 }).rows.map(({ state }) => state);
  const isShown = (): boolean =>
    ['ended', 'delivered'].every((one) => states().some((state) => state === one)) &&
    bad !== undefined &&
    bad.heard.length > 0;
  await vi.waitUntil(isShown, { timeout: 30_000 });
  window = await openWindow(browser, rig, 'administrator');
});
afterAll(async () => {
  await window?.context.close();
  await browser.close();
});

it('axe-core finds nothing, and nothing is wider than the window, light or dark, narrow or wide', async () => {
  await window.go('/admin/webhooks/');
  expect(await findingsIn(window.page)).toEqual([]);
});

it('a delivery that is sent again shows how it went, without a reload', async () => {
  const { page } = window;
  await page.setViewportSize({ width: 1280, height: 800 });
  await window.go('/admin/webhooks/');
  await page.locator('#deliveries-list button', { hasText: 'Send again' }).last().click();
  await page.waitForSelector('text=It is being sent again.');
  await expect
    .poll(() => page.locator('#deliveries-list tbody tr').count())
    .toBe(rig.context.runs.outbox.list({ page: 1, limit: 50 }).total);
  expect(window.trouble).toEqual([]);
});
