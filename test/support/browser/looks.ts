import type { Page } from 'playwright-core';
import { axeFindings, loadAxe, OF_COLORS } from './axe.ts';

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
 * it is wider than its window; in words. In a width that it has been looked at, the other scheme has its colours
 * looked at alone: nothing else may differ by the scheme, and what a style sheet says of more is found, too.
 */
export async function findingsIn(
  page: Page,
  looks: readonly Look[] = LOOKS,
  more: readonly string[] = [],
): Promise<string[]> {
  const found: string[] = [];
  const widths = new Set<number>();
  await loadAxe(page);
  found.push(...(await page.evaluate(schemeFaults)));
  for (const [colorScheme, width] of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const tooWide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    const findings = await axeFindings(page, { more, ...(widths.has(width) && { only: OF_COLORS }) });
    widths.add(width);
    const said = [...findings, ...(tooWide > 0 ? [`${tooWide} pixels too wide`] : [])];
    found.push(...said.map((one) => `${colorScheme} at ${width} pixels: ${one}`));
  }
  return found;
}

/** Runs in a page: what its style sheets say for one colour scheme alone, and that is no colour. */
function schemeFaults(): string[] {
  const faults: string[] = [];
  const read = (rules: CSSRuleList, isOfScheme: boolean): void => {
    for (const rule of rules) {
      if (isOfScheme && rule instanceof CSSStyleRule) {
        const { style } = rule;
        for (const name of style)
          if (!CSS.supports('color', style.getPropertyValue(name)))
            faults.push(`${rule.selectorText} has another ${name} in one colour scheme`);
      }
      if (rule instanceof CSSGroupingRule)
        read(
          rule.cssRules,
          isOfScheme || rule.cssText.slice(0, rule.cssText.indexOf('{')).includes('color-scheme'),
        );
    }
  };
  for (const sheet of document.styleSheets) read(sheet.cssRules, false);
  return faults;
}
