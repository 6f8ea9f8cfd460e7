import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { applicationPaths, expectedFiles } from './expected-pages.ts';
import { factsOf, type PageFacts } from './facts.ts';
import { describeMaps, type ExpectedPoint, MAP_WIDTHS } from './map-suite.ts';
import { mapFaults } from './map-targets.ts';
import { openSite, pageOf, type Site, type SiteName } from './sites.ts';
import { visitor } from './visit.ts';

/** The platform's source, which the foot of every page names. */
const OUTSIDE = new Set(['https://github.com/rubys/showcase', 'https://github.com/rubys/showcase/issues']);

const PHONE = { width: 320, height: 640 };

/** What must hold for every page of a site, whatever is in its index; `points` being those that its maps show. */
export function describeEveryPage(name: SiteName, points: (site: Site) => readonly ExpectedPoint[]): void {
  let site: Site;
  let browser: Browser;
  const facts = new Map<string, PageFacts & { status: number }>();
  const faults: unknown[] = [];
  const trouble: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    site = await openSite(name);
    const visit = await visitor(browser, site, { viewport: PHONE });
    let width = PHONE.width;
    for (const page of site.files.map(pageOf)) {
      if (width !== PHONE.width) await visit.page.setViewportSize(PHONE);
      width = PHONE.width;
      const status = await visit.go(page);
      const found = await factsOf(visit.page);
      facts.set(page, { status, ...found });
      if (found.maps === 0) continue;
      // Opened once for all widths: there is no script that could care.
      for (width of MAP_WIDTHS) {
        await visit.page.setViewportSize({ width, height: 800 });
        const wrong = await visit.page.evaluate(mapFaults);
        if (wrong.length > 0) faults.push({ page, width, wrong });
      }
    }
    trouble.push(...visit.trouble);
    await visit.close();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Pages for which something does not hold, with what is found instead. */
  const pagesWhere = (wrong: (found: PageFacts & { status: number }) => unknown): unknown[] =>
    [...facts].map(([page, found]) => [page, wrong(found)]).filter(([, found]) => found);

  describeMaps(name, () => ({ site, browser, faults }), points);

  describe(`every page of the ${name} index`, () => {
    it('is there, and no other is', () => {
      expect(site.files).toEqual(expectedFiles(site.index));
    });

    it('loads without an error, a warning, a lost file, a dialog or a look elsewhere', () => {
      expect({ trouble, missing: site.server.missing }).toEqual({ trouble: [], missing: [] });
      expect(pagesWhere(({ status }) => status !== 200 && status)).toEqual([]);
    });

    it('has a title of its own', () => {
      const titles = [...facts.values()].map(({ title }) => title);
      expect(pagesWhere(({ title }) => title.trim() === '' && 'none')).toEqual([]);
      expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
    });

    it('says its language, is HTML in UTF-8 and has one heading of the first order', () => {
      expect(pagesWhere(({ lang }) => Intl.getCanonicalLocales(lang)[0] !== lang && lang)).toEqual([]);
      expect(pagesWhere(({ charset, quirks }) => (charset !== 'UTF-8' || quirks) && charset)).toEqual([]);
      expect(
        pagesWhere(({ headings }) => (headings.length !== 1 || !headings[0]?.trim()) && headings),
      ).toEqual([]);
    });

    it('has one script, which is the site’s own file, and runs no other', () => {
      const own = /^<script defer="" src="(?:\/showcase)?\/assets\/pages-visit-[0-9a-f]{16}\.js"><\/script>$/;
      expect(
        pagesWhere(({ scripts }) => (scripts.length !== 1 || !own.test(scripts[0] ?? '')) && scripts),
      ).toEqual([]);
      expect(pagesWhere(({ injected }) => injected !== undefined && [injected])).toEqual([]);
    });

    it('has no element, no attribute and no style that a name has added', () => {
      expect(pagesWhere(({ foreign }) => foreign.length > 0 && foreign)).toEqual([]);
      expect(pagesWhere(({ handlers }) => handlers.length > 0 && handlers)).toEqual([]);
      expect(pagesWhere(({ sheets }) => sheets !== 1 && [sheets])).toEqual([]);
    });

    it('has ids that are its own, and links within it that lead somewhere', () => {
      expect(pagesWhere(({ doubleIds }) => doubleIds.length > 0 && doubleIds)).toEqual([]);
      expect(pagesWhere(({ lostFragments }) => lostFragments.length > 0 && lostFragments)).toEqual([]);
    });

    it('is not wider than a window of 320 pixels', () => {
      expect(pagesWhere(({ overflow }) => overflow > 0 && overflow)).toEqual([]);
    });

    it('links only to pages, events and the application', () => {
      const known = new Set([...site.files.map(pageOf), ...applicationPaths(site.index)].map(site.url));
      const lost = pagesWhere(({ links }) => {
        const unknown = links.filter((link) => !known.has(link) && !OUTSIDE.has(link));
        return unknown.length > 0 && unknown;
      });
      expect(lost).toEqual([]);
    });

    it('is linked to from another', () => {
      const linked = new Set(
        [...facts].flatMap(([page, { links }]) => links.filter((link) => link !== site.url(page))),
      );
      expect(site.files.map(pageOf).filter((page) => !linked.has(site.url(page)))).toEqual([]);
    });

    it('leaves no event without a link', () => {
      const linked = new Set([...facts.values()].flatMap(({ links }) => links));
      const events = [...applicationPaths(site.index)].filter((path) => /^\d/.test(path));
      expect(events.filter((path) => !linked.has(site.url(path)))).toEqual([]);
    });
  });
}
