import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.0 to 2.2, levels A and AA, and what axe-core holds for good practice beyond them. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Puts axe-core into a page that has been loaded. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(SOURCE);
}

/** Runs axe-core in a page that has it, with `more` rules than usual. Returns each violation, and each contrast that it could not judge, in words. */
export async function axeFindings(page: Page, more: readonly string[] = []): Promise<string[]> {
  const { violations, incomplete } = await page.evaluate(
    ([values, rules]) => {
      const axe = (globalThis as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }).axe;
      return axe.run({
        runOnly: { type: 'tag', values },
        rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: true }])),
        resultTypes: ['violations', 'incomplete'],
      });
    },
    [TAGS, more] as const,
  );
  return [...violations, ...incomplete.filter(({ id }) => !id.startsWith('color-contrast'))].flatMap(
    ({ id, help, nodes }) => nodes.map(({ html, target }) => `${id}: ${help}: ${target.join(' ')} ${html}`),
  );
}
