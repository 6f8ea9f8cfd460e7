import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { axeFindings, loadAxe } from '../../support/browser/axe.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import { type Visitor, visitor } from '../../support/browser/visit.ts';

/** The sample has events before and after it. */
const TODAY = new Date('2026-02-10T12:00:00');

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

/** A window in which it is that day; whatever goes wrong in it fails the test. */
async function on(
  today: Date,
  use: (visit: Visitor) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const visit = await visitor(browser, site, { locale: 'en-US', ...options });
  await visit.page.clock.setFixedTime(today);
  await use(visit);
  expect(visit.trouble).toEqual([]);
  await visit.close();
}

const texts = (page: Page, selector: string): Promise<string[]> =>
  page.locator(selector).evaluateAll((all) => all.map(({ textContent }) => textContent?.trim() ?? ''));
const dates = (page: Page, selector: string): Promise<string[]> =>
  page
    .locator(`${selector} time:first-of-type`)
    .evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
const found = (page: Page): Promise<string> =>
  page.locator('#found').evaluate(({ textContent }) => textContent ?? '');
const shown = (page: Page, selector: string): Promise<number> => page.locator(`${selector}:visible`).count();

const EVENTS = 'main :is(section,details):not(#next) .events > li';
const STUDIOS = 'main section:not(#nearby) .studios > li';

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

describe('near a place', () => {
  const inBoston = { latitude: 42.36, longitude: -71.06 };

  it('studios and dates come by distance, in miles or in kilometres', async () => {
    for (const [locale, unit] of [
      ['en-US', 'mi'],
      ['fr-FR', 'km'],
    ] as const) {
      await on(
        TODAY,
        async ({ page, go }) => {
          await go('studios/');
          await page.selectOption('#near', 'Boston, Massachusetts');
          for (const id of ['#next', '#nearby']) {
            const far = await texts(page, `${id} .away`);
            const lengths = far.map((text) =>
              text.startsWith('under') ? 0 : Number(text.replace(/[^\d]/g, '')),
            );
            expect(far.length).toBeGreaterThan(2);
            expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
            for (const text of far) expect(text.endsWith(` ${unit}`)).toBe(true);
          }
          expect(await texts(page, '#nearby .studios a')).toContain('Boston');
          expect(await texts(page, '#nearby h2')).toEqual(['Studios near Boston, Massachusetts']);
          expect(await found(page)).toBe('Nearest to Boston, Massachusetts first');
          expect(new URL(page.url()).hash).toBe('#near=Boston%2C+Massachusetts');
          await page.selectOption('#near', '');
          expect(await shown(page, '#nearby')).toBe(0);
          expect(await page.locator('.away').count()).toBe(0);
        },
        { locale },
      );
    }
  });

  it('the browser’s position is asked for at a click alone, and goes nowhere: no request, no address, nothing kept', async () => {
    await on(
      TODAY,
      async ({ page, go }) => {
        await go('studios/');
        await page.waitForLoadState('networkidle');
        const requests: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        await page.click('#locate');
        await page.locator('#nearby .away').first().waitFor();
        expect(await texts(page, '#nearby .studios a')).toContain('Boston');
        expect(requests).toEqual([]);
        expect(new URL(page.url()).hash).toBe('');
        expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);
      },
      { geolocation: inBoston, permissions: ['geolocation'] },
    );
  });

  it('a browser that may not tell its position says so', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('studios/');
      await page.click('#locate');
      await expect.poll(() => found(page)).toBe('Your position is not known');
    });
  });

  it('is remembered while that is ticked, on other pages too, and no longer', async () => {
    await on(TODAY, async ({ page, go }) => {
      await go('studios/');
      await page.selectOption('#near', 'Boston, Massachusetts');
      expect(await page.evaluate(() => localStorage.length)).toBe(0);
      await page.check('#keep');
      await go('');
      expect(await page.inputValue('#near')).toBe('Boston, Massachusetts');
      expect(await texts(page, '#next h2')).toEqual(['Next dates near Boston, Massachusetts']);
      await page.uncheck('#keep');
      expect(await page.evaluate(() => localStorage.length)).toBe(0);
      await go('studios/');
      expect(await page.inputValue('#near')).toBe('');
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
