import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { ACCOUNTS, type Role } from './web-people.ts';

/** A window of somebody who has logged in, and everything that went wrong in it. */
export interface WebVisitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** In words. */
  readonly trouble: readonly string[];
  /** Opens a page of the server, by its path below the base. */
  go(path: string): Promise<void>;
  /** Closes the window. @throws if anything went wrong in it */
  close(): Promise<void>;
}

/** Opens a window on a server. */
export async function openWindow(
  browser: Browser,
  server: { readonly url: string },
  as: Exclude<Role, 'nobody'>,
  options: BrowserContextOptions = {},
): Promise<WebVisitor> {
  const { userid: username, password } = ACCOUNTS[as];
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    httpCredentials: { username, password },
    ...options,
  });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(`threw ${error.message}`));
  page.on('console', (said) => {
    // What the network does is a part of some tests, and told by the page itself.
    const isOfNetwork = /Failed to load resource|WebSocket connection/.test(said.text());
    if (['error', 'warning'].includes(said.type()) && !isOfNetwork) trouble.push(`said ${said.text()}`);
  });
  page.on('dialog', (dialog) => {
    trouble.push(`opened a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  return {
    page,
    context,
    trouble,
    go: async (path) => {
      await page.goto(`${server.url}${path}`);
    },
    close: async () => {
      await context.close();
      expect(trouble).toEqual([]);
    },
  };
}
