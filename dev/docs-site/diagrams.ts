/** Diagrams are drawn when the site is built, in the browser that the tests use: a reader's browser needs no script for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openBrowser } from '../pages/chromium.ts';
import type { Diagram } from './stage.ts';

/** The parts of Mermaid's interface that are used; its package is not there where the site is not built. */
interface Mermaid {
  initialize(options: object): void;
  render(id: string, source: string): Promise<{ svg: string }>;
}

const MERMAID = join(import.meta.dirname, 'node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js');
const THEMES = { light: 'default', dark: 'dark' } as const;

/**
 * Writes `<path>-light.svg` and `<path>-dark.svg` of each diagram below `stage`.
 *
 * @throws for a diagram that Mermaid cannot read
 */
export async function drawDiagrams(stage: string, diagrams: readonly Diagram[]): Promise<void> {
  if (diagrams.length === 0) return;
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: MERMAID });
    for (const { source, path } of diagrams) {
      for (const [look, theme] of Object.entries(THEMES)) {
        const svg = await page.evaluate(
          async ([text, themeName]) => {
            const { mermaid } = globalThis as unknown as { mermaid: Mermaid };
            // Labels as text of SVG: HTML in a picture is not shown by every browser.
            mermaid.initialize({
              startOnLoad: false,
              theme: themeName,
              htmlLabels: false,
              flowchart: { htmlLabels: false },
              fontFamily: 'system-ui, sans-serif',
            });
            return (await mermaid.render('diagram', text)).svg;
          },
          [source, theme] as const,
        );
        const file = join(stage, `${path}-${look}.svg`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, svg);
      }
    }
  } finally {
    await browser.close();
  }
}
