/** Debian's Chromium, driven with playwright-core: for the tests of the prerendered pages and for their pictures. */
import { type Browser, chromium } from 'playwright-core';

/**
 * Where Debian's package `chromium-headless-shell` puts it: the same engine without the desktop, at half the cost.
 * `CHROMIUM_PATH` names another.
 */
const CHROMIUM = '/usr/bin/chromium-headless-shell';

/**
 * No first-run pages, no updates, no background traffic; the only host there is for it is this machine. Without the
 * sandbox, which root cannot have: it opens no page but our own.
 */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No page is open for so long that its code is worth optimizing: with it, axe-core takes a third more CPU.
  '--js-flags=--no-maglev --no-turbofan',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Milliseconds for a browser to start, and for whatever is waited for in its pages: a busy machine takes longer than 30 s. */
const PATIENCE_MS = 120_000;

/** Starts a Chromium with a new profile, which goes when the browser is closed. The caller closes it. */
export async function openBrowser(path = process.env['CHROMIUM_PATH'] || CHROMIUM): Promise<Browser> {
  const options = { executablePath: path, headless: true, args: ARGUMENTS, timeout: PATIENCE_MS };
  const browser = await chromium.launch(options);
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
