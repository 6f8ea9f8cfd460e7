import type { Page } from 'playwright-core';
import { axeFindings, loadAxe } from './axe.ts';

/** A colour scheme, and the width of the window in CSS pixels. */
export type Look = readonly [colorScheme: 'light' | 'dark', width: number];

export const LOOKS: readonly Look[] = [
  ['light', 360],
  ['light', 1280],
  ['dark', 360],
  ['dark', 1280],
];
/** Each scheme and each width once: for what changes no colour. */
export const CROSSED: readonly Look[] = [
  ['light', 1280],
  ['dark', 360],
];

/**
 * What axe-core finds in a page that is there, in each of the looks and with `more` rules than usual, and where
 * it is wider than its window; in words.
 */
export async function findingsIn(
  page: Page,
  looks: readonly Look[] = LOOKS,
  more: readonly string[] = [],
): Promise<string[]> {
  const found: string[] = [];
  await loadAxe(page);
  for (const [colorScheme, width] of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const tooWide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    const said = [...(await axeFindings(page, more)), ...(tooWide > 0 ? [`${tooWide} pixels too wide`] : [])];
    found.push(...said.map((one) => `${colorScheme} at ${width} pixels: ${one}`));
  }
  return found;
}
