import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Site } from './sites.ts';

/** A page of a browser that is at a site, and everything that went wrong in it so far. */
export interface Visitor {
  readonly page: Page;
  /** In words; empty when all is well. */
  readonly trouble: string[];
  /** Goes to a page of the site (`studios/boston/`) and waits until everything is there; returns the status. */
  go(page: string): Promise<number>;
  close(): Promise<void>;
}

/** Opens a window on a site. Whatever leaves the site's own origin is trouble; it gets nowhere, since there is no other host. */
export async function visitor(
  browser: Browser,
  site: Site,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const trouble: string[] = [];
  watch(context, site, trouble);
  const page = await context.newPage();
  return {
    page,
    trouble,
    async go(path) {
      const response = await page.goto(site.url(path), { waitUntil: 'load' });
      // Mostly they are, and to wait is dearer than to ask, by a quarter of what a page takes.
      if (!(await page.evaluate(areOutlinesDrawn))) await page.waitForFunction(areOutlinesDrawn);
      return response?.status() ?? 0;
    },
    close: () => context.close(),
  };
}

/** Runs in a page: outlines of maps are files that a browser draws when they have come. */
function areOutlinesDrawn(): boolean {
  return [...document.querySelectorAll('use')].every(
    (use) => !use.checkVisibility() || use.getBoundingClientRect().width > 0,
  );
}

function watch(context: BrowserContext, site: Site, trouble: string[]): void {
  // Looked at, not held up: each request would wait for an answer from here, which is a sixth of what a page takes.
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== site.server.origin && url.protocol !== 'data:') trouble.push(`asked for ${url.href}`);
  });
  context.on('page', (page) => {
    const at = () => new URL(page.url()).pathname;
    page.on('console', (said) => {
      if (['error', 'warning'].includes(said.type())) trouble.push(`${at()} said ${said.text()}`);
    });
    page.on('pageerror', (error) => trouble.push(`${at()} threw ${error.message}`));
    page.on('crash', () => trouble.push(`${at()} crashed`));
    page.on('dialog', (dialog) => {
      trouble.push(`${at()} opened a dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on('requestfailed', (request) => {
      trouble.push(`${at()} did not get ${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) trouble.push(`${at()} got ${response.status()} for ${response.url()}`);
    });
  });
}
