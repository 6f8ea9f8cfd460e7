import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../dev/pages/chromium.ts';
import { pageKinds } from '../../dev/pages/kinds.ts';
import { axeFindings } from '../support/pages/axe.ts';
import { openSite, type Site, type SiteName } from '../support/pages/sites.ts';
import { visitor } from '../support/pages/visit.ts';

const NAMES: readonly SiteName[] = ['sample', 'hostile'];
const sites = new Map<SiteName, Site>();
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  for (const name of NAMES) sites.set(name, await openSite(name));
});
afterAll(async () => {
  await browser?.close();
  for (const site of sites.values()) await site.close();
});

function siteOf(name: SiteName): Site {
  const site = sites.get(name);
  if (!site) throw new Error(`${name} was not rendered`);
  return site;
}

describe('axe-core finds nothing', () => {
  for (const [name, colorScheme, width] of [
    ['sample', 'light', 320],
    ['sample', 'light', 1280],
    ['sample', 'dark', 320],
    ['sample', 'dark', 1280],
    ['hostile', 'light', 320],
    ['hostile', 'dark', 1280],
  ] as const) {
    it(`in any kind of page of the ${name} index, ${colorScheme}, ${width} pixels wide`, async () => {
      const site = siteOf(name);
      const visit = await visitor(browser, site, { colorScheme, viewport: { width, height: 800 } });
      const found: Record<string, string[]> = {};
      for (const [kind, page] of pageKinds(site.index)) {
        await visit.go(page);
        found[kind] = await axeFindings(visit.page);
      }
      await visit.close();
      expect(found).toEqual(Object.fromEntries([...pageKinds(site.index).keys()].map((kind) => [kind, []])));
    });
  }
});
