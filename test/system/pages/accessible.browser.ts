import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { pageKinds } from '../../../dev/pages/kinds.ts';
import { axeFindings, loadAxe } from '../../support/browser/axe.ts';
import { EVENTS } from '../../support/browser/finding.ts';
import { findingsIn, type Look } from '../../support/browser/looks.ts';
import { openSite, type Site, type SiteName } from '../../support/browser/sites.ts';
import { visitor } from '../../support/browser/visit.ts';

const NAMES = ['sample', 'hostile'] as const;
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

/** Each page is loaded once and then looked at in each of these ways: there is no script that could care. */
const LOOKS = {
  sample: [
    ['light', 320],
    ['light', 1280],
    ['dark', 320],
    ['dark', 1280],
  ],
  hostile: [
    ['light', 320],
    ['dark', 1280],
  ],
} as const satisfies Record<string, readonly Look[]>;

describe('axe-core finds nothing', () => {
  it.each(NAMES)('in any kind of page of the %s index, light or dark, narrow or wide', async (name) => {
    const site = siteOf(name);
    const visit = await visitor(browser, site);
    const found: unknown[] = [];
    for (const [kind, page] of pageKinds(site.index)) {
      await visit.go(page);
      const findings = await findingsIn(visit.page, LOOKS[name], ['color-contrast-enhanced']);
      if (findings.length > 0) found.push({ kind, findings });
    }
    await visit.close();
    expect(found).toEqual([]);
  });
});

it('axe-core finds every text that is hard to read, among hundreds that are alike', async () => {
  const visit = await visitor(browser, siteOf('sample'), { colorScheme: 'light' });
  await visit.go('');
  await visit.page.locator('details').evaluateAll((all) => all.map((one) => one.setAttribute('open', '')));
  await visit.page.check('#past');
  await loadAxe(visit.page);
  expect(await axeFindings(visit.page)).toEqual([]);
  const links = visit.page.locator(`${EVENTS} > a`);
  expect(await links.count()).toBeGreaterThan(100);
  // By its own colour, by that of its item, by that of what is behind it: none of these is the first, the middle or the last one.
  const changed = await links.evaluateAll((all) =>
    [
      ['a', 'color: #ccc'],
      ['li', 'opacity: 0.3'],
      ['li', 'background: #345'],
    ].map(([selector = '', style = ''], at) => {
      const link = all[5 + at * 9];
      link?.closest(selector)?.setAttribute('style', style);
      return link?.outerHTML ?? '';
    }),
  );
  const findings = await axeFindings(visit.page);
  for (const link of changed) {
    expect(
      findings.filter((finding) => finding.startsWith('color-contrast: ') && finding.endsWith(link)),
    ).toHaveLength(1);
  }
  expect(new Set(changed).size).toBe(3);
  await visit.close();
});

it('what is wrong in one colour scheme alone is found in each width, and so is what a scheme says beside colours', async () => {
  const page = await browser.newPage();
  await page.setContent(`<!doctype html><html lang="en"><title>One</title><style>
    :root{color-scheme:light dark;--ink:#111;--paper:#fff}
    @media screen and (prefers-color-scheme:dark){:root{--ink:#ccc;--paper:#ddd}em{font-weight:bold;background:#123}i{display:none}}
    body{background:var(--paper)}p{color:var(--ink)}h1{color:#000}</style><main><h1>One</h1><p>Light on light</p></main></html>`);
  expect((await findingsIn(page)).map((finding) => finding.replace(/: Elements must.*/, ''))).toEqual([
    'em has another font-weight in one colour scheme',
    'i has another display in one colour scheme',
    'dark at 360 pixels: color-contrast',
    'dark at 1280 pixels: color-contrast',
  ]);
  await page.close();
});

it('programs are told whose an event is, or when, where several of a page have its name, and nowhere else', async () => {
  const site = siteOf('sample');
  const visit = await visitor(browser, site);
  const wrong: unknown[] = [];
  let repeated = 0;
  for (const [kind, page] of pageKinds(site.index)) {
    await visit.go(page);
    const links = await visit.page.locator(`${EVENTS} > a`).evaluateAll((all) =>
      all.map((link) => {
        const by = link.parentElement?.querySelector('.who') ?? link.parentElement?.querySelector('time');
        return { text: link.textContent, by: by?.textContent, label: link.ariaLabel };
      }),
    );
    for (const { text, by, label } of links) {
      const isRepeated = by !== undefined && links.filter((one) => one.text === text).length > 1;
      if (isRepeated) repeated += 1;
      if (label !== (isRepeated ? `${text}, ${by}` : null)) wrong.push({ kind, text, by, label });
    }
  }
  await visit.close();
  expect(wrong).toEqual([]);
  expect(repeated).toBeGreaterThan(10);
});
