/** The pictures that the documents show: pages for visitors, and pages of the web part. */
import type { Browser } from 'playwright-core';
import type { Pictures } from './pictures.ts';
import { servePages } from './server.ts';
import { renderSite } from './site.ts';
import { type Look, takeWebPictures } from './web-pictures.ts';

/** By the page, in which looks. What is shown wide is there for light and for dark screens. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  'visitors-studios': ['light-wide', 'dark-wide'],
  'visitors-studio': ['light-narrow', 'dark-narrow'],
  'request-form': ['light-narrow'],
  'request-moving': ['light-narrow'],
  'request-live': ['dark-narrow'],
  overview: ['light-wide', 'dark-wide'],
  apply: ['light-wide', 'dark-wide'],
  run: ['light-wide', 'dark-wide'],
  studio: ['light-wide', 'dark-wide'],
  history: ['light-wide', 'dark-wide'],
  deploys: ['light-wide', 'dark-wide', 'dark-narrow'],
  'deploy-failed': ['light-wide', 'dark-wide', 'dark-narrow'],
};
const NAMES = new Set(
  Object.entries(PAGES).flatMap(([page, looks]) => looks.map((look) => `${page}-${look}`)),
);

/** What a visitor's page takes for today: the same pages give the same pictures on another day. */
const TODAY = new Date('2026-03-01T12:00:00Z');

interface Wish {
  readonly pictures: Pictures;
  readonly looks: readonly Look[];
}

/** Pages of the site of an index: where visitors enter, and the page of its busiest studio. */
export async function takeVisitors(
  browser: Browser,
  { image, kinds }: { readonly image: Buffer; readonly kinds: ReadonlyMap<string, string> },
  { pictures, looks }: Wish,
): Promise<void> {
  const site = await renderSite(image, 'fly');
  const server = await servePages(site.publicDir, site.root);
  try {
    for (const { name: look, colorScheme, width } of looks) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 860 } });
      await page.clock.setFixedTime(TODAY);
      for (const kind of ['studios', 'studio']) {
        const name = `visitors-${kind}-${look}`;
        if (!NAMES.has(name)) continue;
        await page.goto(`${server.origin}${site.root}/${kinds.get(kind) ?? ''}`);
        addPicture(pictures, name, await page.screenshot());
      }
      await page.close();
    }
  } finally {
    await server.close();
    site.remove();
  }
}

/** Pages of the web part, while something happens in it. */
export async function takeWeb(browser: Browser, { pictures, looks }: Wish): Promise<void> {
  const take = (name: string, png: Buffer): void => {
    if (NAMES.has(name)) addPicture(pictures, name, png);
  };
  await takeWebPictures(browser, { isWhole: false, looks, take });
}

function addPicture(pictures: Pictures, name: string, png: Buffer): void {
  process.stdout.write(`${pictures.add(`${name}.png`, png)}\n`);
}
