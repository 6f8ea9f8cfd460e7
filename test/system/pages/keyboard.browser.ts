import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { pageKinds } from '../../../dev/pages/kinds.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import { type Visitor, visitor } from '../../support/browser/visit.ts';

let site: Site;
let browser: Browser;
let visit: Visitor;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite('sample');
  visit = await visitor(browser, site);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const ABLE = 'a[href], summary, button, input, select, [tabindex="0"]';

/** How many things of a page can have the focus, and which of them has it; -1 for none. */
function focusIn(page: Page): Promise<{ count: number; at: number; drawn: boolean; href: string | null }> {
  return page.evaluate(() => {
    const able = [
      ...document.querySelectorAll('a[href], summary, button, input, select, [tabindex="0"]'),
    ].filter((element) => element.checkVisibility({ visibilityProperty: true }));
    const active = document.activeElement;
    return {
      count: able.length,
      at: active ? able.indexOf(active) : -1,
      drawn: active !== null && active.closest('svg') !== null,
      href: active?.getAttribute('href') ?? null,
    };
  }, ABLE);
}

/** Has the page note in `window.seen` which of these things gets the focus from now on. */
function noteFocus(page: Page): Promise<void> {
  return page.evaluate((able) => {
    const seen: number[] = [];
    const all = [...document.querySelectorAll(able)].filter((element) => element.checkVisibility());
    document.addEventListener('focusin', ({ target }) => seen.push(all.indexOf(target as Element)));
    Object.assign(window, { seen });
  }, ABLE);
}

/** A picture of what has the focus and its surroundings, with the focus and without. */
async function focusedAndNot(page: Page): Promise<[Buffer, Buffer]> {
  const clip = await page.evaluate(() => {
    const active = document.activeElement;
    active?.scrollIntoView({ block: 'center', inline: 'center' });
    const box = active?.getBoundingClientRect() ?? new DOMRect();
    const left = Math.max(0, box.left - 12);
    const top = Math.max(0, box.top - 12);
    return { x: left, y: top, width: box.right + 12 - left, height: box.bottom + 12 - top };
  });
  const focused = await page.screenshot({ clip, caret: 'initial' });
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | SVGElement).blur();
  });
  return [focused, await page.screenshot({ clip, caret: 'initial' })];
}

describe('by keyboard alone', () => {
  it('Tab goes through everything that can be followed, in the order of the page, and out again', async () => {
    for (const [kind, page] of pageKinds(site.index)) {
      await visit.go(page);
      await noteFocus(visit.page);
      const { count } = await focusIn(visit.page);
      for (let presses = 0; presses < count; presses++) await visit.page.keyboard.press('Tab');
      const seen = await visit.page.evaluate(() => (window as unknown as { seen: number[] }).seen);
      expect({ kind, seen }).toEqual({ kind, seen: Array.from({ length: count }, (_, at) => at) });
    }
  });

  for (const media of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { colorScheme: 'dark', forcedColors: 'active' },
  ] as const) {
    it(`what has the focus shows it, with ${Object.values(media).join(' and ')} colours`, async () => {
      await visit.page.emulateMedia(media);
      const unseen: unknown[] = [];
      for (const [kind, page] of pageKinds(site.index)) {
        await visit.go(page);
        // What gets the focus after a key was pressed shows it as if Tab had led there.
        await visit.page.keyboard.press('Tab');
        for (const [name, able] of [
          ['text', visit.page.locator(':is(a[href]:not(svg a), summary, input, select, button):visible')],
          ['point', visit.page.locator('svg a[href]')],
        ] as const) {
          const count = await able.count();
          for (const at of new Set([0, 3, count - 1].filter((one) => one >= 0 && one < count))) {
            await able.nth(at).focus();
            const [focused, not] = await focusedAndNot(visit.page);
            if (focused.equals(not)) unseen.push({ kind, name, at });
          }
        }
      }
      await visit.page.emulateMedia({ colorScheme: null, forcedColors: null });
      expect(unseen).toEqual([]);
    });
  }

  it('Enter follows a point of a map', async () => {
    await visit.go('studios/');
    let focus = await focusIn(visit.page);
    for (let presses = 0; presses < focus.count && !focus.drawn; presses++) {
      await visit.page.keyboard.press('Tab');
      focus = await focusIn(visit.page);
    }
    expect(focus.drawn).toBe(true);
    const target = new URL(focus.href ?? '', visit.page.url()).href;
    await Promise.all([visit.page.waitForURL(target), visit.page.keyboard.press('Enter')]);
    expect(visit.trouble).toEqual([]);
  });

  it('the first link of every kind of page leads past what all pages have, and can be seen when it has the focus', async () => {
    for (const [kind, page] of pageKinds(site.index)) {
      await visit.go(page);
      await visit.page.keyboard.press('Tab');
      const { href } = await focusIn(visit.page);
      expect({ kind, href }).toEqual({ kind, href: expect.stringMatching(/^#./) });
      const box = await visit.page.locator(':focus').boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect(box?.y).toBeGreaterThanOrEqual(0);
      await visit.page.keyboard.press('Enter');
      await visit.page.keyboard.press('Tab');
      const within = await visit.page.evaluate(() => document.activeElement?.closest('main') !== null);
      expect({ kind, within }).toEqual({ kind, within: true });
    }
  });
});
