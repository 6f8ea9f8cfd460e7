import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { pageKinds } from '../../../dev/pages/kinds.ts';
import { openSite, type Site } from '../../support/browser/sites.ts';
import { type Visitor, visitor } from '../../support/browser/visit.ts';

let site: Site;
let browser: Browser;
let visit: Visitor;
/** Chromium's own protocol: Playwright waits after each key and around each picture. */
let chromium: CDPSession;

beforeAll(async () => {
  browser = await openBrowser();
  site = await openSite('sample');
  visit = await visitor(browser, site);
  chromium = await visit.page.context().newCDPSession(visit.page);
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

/** Presses Tab so often; all of it is done when this ends. */
async function pressTab(times: number): Promise<void> {
  const key = { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 };
  await Promise.all(
    Array.from({ length: times }, () => [
      chromium.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key }),
      chromium.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key }),
    ]).flat(),
  );
}

/** Gives the focus to one of the `ABLE`, and tells where to look: its place and its surroundings. */
function focusOn(page: Page, at: number) {
  return page.evaluate(
    ([able, which]) => {
      const element = [...document.querySelectorAll<HTMLElement | SVGElement>(able)][which];
      element?.focus();
      element?.scrollIntoView({ block: 'center', inline: 'center' });
      const box = element?.getBoundingClientRect() ?? new DOMRect();
      const left = Math.max(0, box.left - 12);
      const top = Math.max(0, box.top - 12);
      return {
        x: left + scrollX,
        y: top + scrollY,
        width: box.right + 12 - left,
        height: box.bottom + 12 - top,
        scale: 1,
      };
    },
    [ABLE, at] as const,
  );
}

/** A picture of one of the `ABLE` and its surroundings, with the focus and without. */
async function focusedAndNot(page: Page, at: number): Promise<[string, string]> {
  const clip = await focusOn(page, at);
  const focused = await chromium.send('Page.captureScreenshot', { clip });
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | SVGElement).blur();
  });
  const not = await chromium.send('Page.captureScreenshot', { clip });
  return [focused.data, not.data];
}

/** The `ABLE` that can be seen, of each kind one: by tags and classes from the root down, of which `seen` has those of other pages. */
async function oneOfEachKind(page: Page, seen: Set<string>): Promise<number[]> {
  const kinds = await page.evaluate(
    (able) =>
      [...document.querySelectorAll(able)].map((element) => {
        if (!element.checkVisibility({ visibilityProperty: true })) return null;
        const names: string[] = [];
        for (let at: Element | null = element; at; at = at.parentElement)
          names.push(`${at.tagName}.${at.getAttribute('class')}`);
        return names.join(' < ');
      }),
    ABLE,
  );
  return kinds.flatMap((kind, at) => {
    if (kind === null || seen.has(kind)) return [];
    seen.add(kind);
    return [at];
  });
}

describe('by keyboard alone', () => {
  it('Tab goes through everything that can be followed, in the order of the page, and out again', async () => {
    for (const [kind, page] of pageKinds(site.index)) {
      await visit.go(page);
      await noteFocus(visit.page);
      const { count } = await focusIn(visit.page);
      await pressTab(count);
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
      const seen = new Set<string>();
      for (const [kind, page] of pageKinds(site.index)) {
        await visit.go(page);
        // What gets the focus after a key was pressed shows it as if Tab had led there.
        await visit.page.keyboard.press('Tab');
        for (const at of await oneOfEachKind(visit.page, seen)) {
          const [focused, not] = await focusedAndNot(visit.page, at);
          if (focused === not) unseen.push({ kind, at });
        }
      }
      expect(seen.size).toBeGreaterThan(30);
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
