import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { axeFindings, loadAxe } from '../../support/browser/axe.ts';
import {
  dates,
  EVENTS,
  found,
  STUDIOS,
  shown,
  TODAY,
  texts,
  visitOn,
} from '../../support/browser/finding.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import type { Visitor } from '../../support/browser/visit.ts';

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

const on = (today: Date, use: (visit: Visitor) => Promise<void>, options: BrowserContextOptions = {}) =>
  visitOn(today, { browser, site }, use, options);

describe('a search', () => {
  it('shows what has all its words, opens what is closed, says how many, and stands in the address', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('');
      const all = await page.locator(EVENTS).count();
      await page.keyboard.press('/');
      await page.keyboard.type('boston 2026');
      const hits = await texts(page, `${EVENTS}:visible`);
      expect(hits.length).toBeGreaterThan(0);
      for (const hit of hits) expect(hit).toMatch(/Boston/);
      expect(await found(page)).toBe(`${hits.length} event${hits.length === 1 ? '' : 's'} found`);
      expect(new URL(page.url()).hash).toBe('#find=boston+2026');
      expect(await page.locator('#years a').first().getAttribute('href')).toMatch(/#find=boston\+2026$/);
      await page.fill('#find', 'boston 2025');
      expect(await shown(page, EVENTS)).toBe(await page.locator(`${EVENTS}:not([hidden])`).count());
      await page.keyboard.press('Escape');
      expect(await page.locator(`${EVENTS}:not([hidden])`).count()).toBe(all);
      expect(new URL(page.url()).hash).toBe('');
      expect(await page.locator('details[open]').count()).toBe(0);
    });
  });

  it('is made at once where the address has one, and finds studios by state without their accents', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('studios/#find=MASSACHUSÉTTS');
      const hits = await texts(page, `${STUDIOS}:visible > a`);
      expect(hits).toContain('Boston');
      expect(await found(page)).toBe(`${hits.length} studio${hits.length === 1 ? '' : 's'} found`);
      expect(await texts(page, 'main h3:visible')).toEqual(['Massachusetts']);
      await page.fill('#find', 'no such place');
      expect(await found(page)).toBe('No studios found');
      expect(await shown(page, STUDIOS)).toBe(0);
    });
  });

  it('works on a phone, and axe-core finds nothing while it is used', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await on(
        TODAY,
        async ({ page, go }) => {
          for (const path of [
            'studios/#find=ball&near=Boston%2C+Massachusetts',
            '#find=ball',
            '2026/#find=ball',
          ]) {
            await go(path);
            await loadAxe(page);
            expect({ path, findings: await axeFindings(page) }).toEqual({ path, findings: [] });
            expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
            await page.goto('about:blank');
          }
        },
        { viewport: { width: 360, height: 740 }, colorScheme },
      );
    }
  });
});

describe('what is on next', () => {
  it('is what today and later days have, earliest first', async () => {
    await on(TODAY, async ({ page, go }) => {
      for (const path of ['', 'studios/', 'regions/iad/']) {
        await go(path);
        const days = await dates(page, '#next');
        expect({ path, days }).toEqual({ path, days: [...days].sort() });
        expect(days.length).toBeGreaterThan(0);
        for (const day of days) expect(day >= '2026-02' && day <= '2027').toBe(true);
      }
    });
  });

  it('is another in another month, and nothing when all is over', async () => {
    const first: string[][] = [];
    for (const today of ['2026-02-10T12:00', '2026-06-10T12:00', '2031-01-01T12:00']) {
      await on(new Date(today), async ({ page, go }) => {
        await go('studios/');
        first.push(await dates(page, '#next:visible'));
      });
    }
    expect(first[0]).not.toEqual(first[1]);
    expect(first[2]).toEqual([]);
  });

  it('hides what is over on home, until it is asked for', async () => {
    await on(new Date('2026-06-10T12:00'), async ({ page, go }) => {
      await go('');
      const before = await shown(page, EVENTS);
      await page.check('#past');
      const after = await shown(page, EVENTS);
      expect(after).toBeGreaterThan(before);
      await page.uncheck('#past');
      expect(await shown(page, EVENTS)).toBe(before);
    });
  });
});

describe('keys and pointer', () => {
  it('arrow keys lead to the studio before and after, and up from the top', async () => {
    await on(TODAY, async ({ page, go }) => {
      const target = (rel: string) =>
        page
          .locator(`[rel=${rel}]`)
          .first()
          .evaluate((link) => (link as HTMLAnchorElement).href);
      await go('studios/boston/');
      for (const [key, rel] of [
        ['ArrowRight', 'next'],
        ['ArrowLeft', 'prev'],
        ['ArrowUp', 'up'],
      ] as const) {
        const href = await target(rel);
        await Promise.all([page.waitForURL(href), page.keyboard.press(key)]);
      }
    });
  });

  it('mean nothing else in a field, or with another key held', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('2025/');
      const url = page.url();
      await page.keyboard.press('Shift+ArrowRight');
      await page.focus('#find');
      await page.keyboard.type('a/b');
      await page.keyboard.press('ArrowLeft');
      expect(await page.inputValue('#find')).toBe('a/b');
      expect(page.url().split('#')[0]).toBe(url);
    });
  });

  it('a link of a list marks its point on a map, and a point its link', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('studios/');
      const boston = '[href$="/studios/boston/"]';
      await page.locator(`${STUDIOS} > a${boston}`).hover();
      expect(await page.locator(`svg a.lit${boston}`).count()).toBe(1);
      await page.mouse.move(0, 0);
      await page.locator(`svg a${boston}`).focus();
      expect(await page.locator(`${STUDIOS} > a.lit${boston}`).count()).toBe(1);
      expect(await page.locator('svg a.lit').count()).toBe(0);
    });
  });
});

describe('a policy that lets pages ask for nothing', () => {
  it('changes nothing of all this', async () => {
    await on(TODAY, async ({ page, go }) => {
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'";
        await route.fulfill({
          response,
          headers: { ...response.headers(), 'content-security-policy': policy },
        });
      });
      await go('studios/#find=ball&near=Boston%2C+Massachusetts');
      expect(await found(page)).toMatch(/^\d+ studios? found$/);
      expect(await shown(page, '#search')).toBe(1);
    });
  });
});
