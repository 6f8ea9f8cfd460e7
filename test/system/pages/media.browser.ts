import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { pageKinds } from '../../../dev/pages/kinds.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import { visitor } from '../../support/browser/visit.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite('sample');
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe('a page', () => {
  it('of a studio is in its language or else in English, and so are its dates', async () => {
    const visit = await visitor(browser, site);
    const others: unknown[] = [];
    // What somebody has typed is shown as it was typed, and nobody knows in what language.
    const typed = site.index.years.flatMap(({ studios }) =>
      studios.flatMap(({ events }) => events.map(({ date }) => date?.trim() ?? '')),
    );
    for (const { key, locale } of site.index.studios) {
      await visit.go(`studios/${key}/`);
      const found = await visit.page.evaluate(
        (asTyped) => ({
          page: document.documentElement.lang,
          dates: [
            ...new Set(
              [...document.querySelectorAll('time')]
                .filter(({ textContent }) => textContent !== '' && !asTyped.includes(textContent))
                .map((time) => time.closest<HTMLElement>('[lang]')?.lang),
            ),
          ],
        }),
        typed,
      );
      const own = locale ?? 'en';
      if (![own, 'en'].includes(found.page) || found.dates.some((lang) => lang !== found.page)) {
        others.push({ key, locale, ...found });
      }
    }
    await visit.close();
    expect(others).toEqual([]);
  });

  it('has everything without JavaScript, and no control that would need it', async () => {
    const [scripted, plain] = [
      await visitor(browser, site),
      await visitor(browser, site, { javaScriptEnabled: false }),
    ];
    const links = (page: Page, selector: string) =>
      page.locator(selector).evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    for (const [kind, page] of pageKinds(site.index)) {
      await scripted.go(page);
      await plain.go(page);
      // What the script lists once more is on the page as well.
      const all = await links(scripted.page, 'main a[href]:not(#next a, #nearby a)');
      const closed = plain.page.locator('details:not([open]) > summary');
      while ((await closed.count()) > 0) await closed.first().click();
      expect({ kind, links: await links(plain.page, 'main a[href]:visible') }).toEqual({ kind, links: all });
      expect(await plain.page.locator(':is(input, select, button, [data-count]):visible').count()).toBe(0);
    }
    for (const { trouble, close } of [scripted, plain]) {
      expect(trouble).toEqual([]);
      await close();
    }
  });

  it('has all its text on paper, dark on light even where screens are dark', async () => {
    const visit = await visitor(browser, site, { colorScheme: 'dark' });
    for (const [kind, page] of pageKinds(site.index)) {
      await visit.go(page);
      const events = () =>
        visit.page
          .locator('main a:not(svg a, [href^="#"])')
          .evaluateAll((links) => links.filter((link) => link.checkVisibility()).length);
      const all = await visit.page.locator('main a:not(svg a, [href^="#"])').count();
      await visit.page.emulateMedia({ media: 'print' });
      const pdf = await visit.page.pdf();
      const paper = await visit.page.evaluate(() => {
        const { color, backgroundColor } = getComputedStyle(document.body);
        return { color, backgroundColor };
      });
      expect({ kind, links: await events(), paper, pdf: pdf.length > 5000 }).toEqual({
        kind,
        // What is closed or left out on the screen, too.
        links: all,
        paper: {
          color: expect.stringMatching(/^rgb\(([0-7]?\d, ?)+/),
          backgroundColor: expect.stringMatching(/rgb\(25\d, 25\d, 25\d\)|rgba\(0, 0, 0, 0\)/),
        },
        pdf: true,
      });
      await visit.page.emulateMedia({ media: 'screen' });
    }
    await visit.close();
  });

  it('has its address on paper alone, where it has one', async () => {
    const visit = await visitor(browser, site);
    const address = 'https://dance.example/showcase/studios/';
    await visit.page.route('**/studios/', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(
        '</head>',
        `<link rel="canonical" href="${address}"></head>`,
      );
      await route.fulfill({ response, body });
    });
    await visit.go('studios/');
    const line = visit.page.getByText(address);
    expect(await line.isVisible()).toBe(false);
    await visit.page.emulateMedia({ media: 'print' });
    expect(await line.isVisible()).toBe(true);
    await visit.go('regions/');
    expect(await visit.page.locator('.address').count()).toBe(0);
    await visit.close();
  });

  it('stands still for those who asked for less motion', async () => {
    const visit = await visitor(browser, site, { reducedMotion: 'reduce' });
    for (const [kind, page] of pageKinds(site.index)) {
      await visit.go(page);
      const moving = await visit.page.evaluate(() =>
        [...document.querySelectorAll('*')]
          .filter((element) => {
            const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
            const lasts = transitionDuration.split(',').some((part) => Number.parseFloat(part) > 0.001);
            return animationName !== 'none' || lasts || scrollBehavior === 'smooth';
          })
          .map((element) => element.outerHTML.slice(0, 80)),
      );
      expect({ kind, moving }).toEqual({ kind, moving: [] });
    }
    await visit.close();
  });

  it('is not wider than the window at any usual width, nor with text of double size', async () => {
    const visit = await visitor(browser, site);
    for (const [kind, page] of pageKinds(site.index)) {
      // Once for all widths: there is no script that could care.
      await visit.go(page);
      for (const [width, zoom] of [
        [320, 1],
        [390, 1],
        [768, 1],
        [1280, 1],
        [1920, 1],
        [640, 2],
      ] as const) {
        await visit.page.setViewportSize({ width, height: 800 });
        await visit.page.evaluate((size) => {
          document.documentElement.style.fontSize = `${size * 100}%`;
        }, zoom);
        const overflow = await visit.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect({ kind, width, zoom, overflow }).toEqual({ kind, width, zoom, overflow: 0 });
      }
    }
    await visit.close();
  });
});
