import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { HOSTILE_NAMES, shown } from '../../support/browser/hostile-index.ts';
import { openSite, plain, type Site } from '../../support/browser/sites.ts';
import { type Visitor, visitor } from '../../support/browser/visit.ts';

let site: Site;
let browser: Browser;
let visit: Visitor;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite('hostile');
  visit = await visitor(browser, site);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** The texts of all links of the loaded page that are not in a map, by where they lead. */
async function linkTexts(): Promise<Map<string, string[]>> {
  const links = await visit.page
    .locator('main a[href]:not(svg a)')
    .evaluateAll((found) =>
      found.map((link) => ({ href: (link as HTMLAnchorElement).href, text: link.textContent ?? '' })),
    );
  const texts = new Map<string, string[]>();
  for (const { href, text } of links) texts.set(plain(href), [...(texts.get(plain(href)) ?? []), text]);
  return texts;
}

describe('a name that looks like markup, script or layout', () => {
  it('is the text of the links to its studio and to its region', async () => {
    for (const [page, named] of [
      ['', [...site.index.studios.map((one) => ({ to: `studios/${one.key}/`, name: one.name }))]],
      ['studios/', site.index.studios.map((one) => ({ to: `studios/${one.key}/`, name: one.name }))],
      ['regions/', site.index.regions.map((one) => ({ to: `regions/${one.code}/`, name: one.name }))],
    ] as const) {
      await visit.go(page);
      const texts = await linkTexts();
      for (const { to, name } of named) expect(texts.get(site.url(to))).toContain(shown(name));
    }
  });

  it('is the heading and the title of its studio, character for character', async () => {
    for (const { key, name } of site.index.studios) {
      await visit.go(`studios/${key}/`);
      expect(await visit.page.locator('h1').textContent()).toBe(shown(name));
      // A browser shows white space in a title as one space.
      expect(await visit.page.title()).toContain(shown(name).replaceAll(/ +/g, ' '));
    }
  });

  it('is the text of the links to its events, beside their dates', async () => {
    for (const { year, studios } of site.index.years) {
      await visit.go(`${year}/`);
      const texts = await linkTexts();
      const all = (await visit.page.locator('main').textContent()) ?? '';
      for (const { studio, single, events } of studios) {
        for (const { key, name, date } of events) {
          const to = single ? `${year}/${studio.key}/` : `${year}/${studio.key}/${key}/`;
          expect(texts.get(site.url(to))?.join()).toContain(shown(single ? studio.name : name));
          expect(all).toContain(shown(date ?? ''));
        }
      }
    }
  });

  it('is what a map calls its point, in letters as text', async () => {
    await visit.go('studios/');
    const points = await visit.page.locator('.map a[href*="/studios/"]').evaluateAll((links) =>
      links.map((link) => ({
        href: new URL(link.getAttribute('href') ?? '', document.baseURI).href,
        text: link.textContent,
      })),
    );
    const names = new Map(
      site.index.studios.map(({ key, name }) => [site.url(`studios/${key}/`), shown(name)]),
    );
    expect(points.length).toBeGreaterThan(HOSTILE_NAMES.length / 2);
    for (const { href, text } of points) expect(text).toBe(names.get(plain(href)));
  });

  it('keeps its direction of writing to itself', async () => {
    for (const page of ['', 'studios/', 'regions/', ...site.index.years.map(({ year }) => `${year}/`)]) {
      await visit.go(page);
      const leaking = await visit.page.evaluate(
        (names) => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found: string[] = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const text = node.textContent ?? '';
            const parent = node.parentElement;
            if (!parent || parent.closest('svg') || !names.some((name) => text.includes(name))) continue;
            if (!/isolate/.test(getComputedStyle(parent).unicodeBidi)) found.push(parent.outerHTML);
          }
          return found;
        },
        HOSTILE_NAMES.filter((name) => /[\u202E\u2066\u0600-\u06FF]/.test(name)),
      );
      expect({ page, leaking }).toEqual({ page, leaking: [] });
    }
    expect(visit.trouble).toEqual([]);
  });
});
