/**
 * `npm run screenshots`: pictures of one page of every kind and of each map, light and dark, wide and narrow, for people
 * to look at. Of the sample index, or of a given one; and of the pages of the web part, with the sample.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { readValidIndex } from '../../src/index/read-index.ts';
import { runTool, WrongOption } from '../options.mjs';
import { makeSampleIndex } from '../sample/sample.ts';
import { openBrowser } from './chromium.ts';
import { takeVisitors, takeWeb } from './docs-pictures.ts';
import { pageKinds } from './kinds.ts';
import { Pictures } from './pictures.ts';
import { servePages } from './server.ts';
import { renderSite } from './site.ts';
import { type Look, takeWebPictures } from './web-pictures.ts';

const USAGE = `Usage: npm run screenshots -- [options]

  --out DIR     where the pictures go (default: screenshots). Pictures of an earlier
                run that this one has not made again are removed; other files stay
  --index FILE  an index to take instead of the sample
  --only KIND   one kind of page only: home, region, studio, year, ..., web or maps;
                other pictures stay
  --docs        make those pictures anew that the documents show, and no others;
                with --only studios those of pages for visitors, with --only web
                those of the web part
`;

const ROOT = resolve(import.meta.dirname, '../..');
const MAPS = 'maps';
const WEB = 'web';
const DOCUMENTED = join(ROOT, 'docs/pictures');
/** CSS pixels, as on a phone and on a desk. */
const WIDTHS = { narrow: 390, wide: 1280 } as const;
const LOOKS: readonly Look[] = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries(WIDTHS).map(([size, width]) => ({ name: `${colorScheme}-${size}`, colorScheme, width })),
);

interface Site {
  readonly name: string;
  readonly image: Buffer;
  /** Path of the page of each kind. */
  readonly kinds: ReadonlyMap<string, string>;
}

interface Wish {
  readonly out: string;
  readonly only: string | undefined;
  readonly site: Site;
  /** Whether those of the document are meant, and no others. */
  readonly isForDocs: boolean;
}

const OPTIONS = {
  out: { type: 'string', default: join(ROOT, 'screenshots') },
  index: { type: 'string' },
  only: { type: 'string' },
  docs: { type: 'boolean', default: false },
} as const;

// All options are looked at before anything is done.
await runTool(USAGE, OPTIONS, async ({ out, index, only, docs }) => {
  const site = readSite(index);
  const known = [...new Set(site.kinds.keys()), WEB, MAPS];
  if (only !== undefined && !known.includes(only)) {
    throw new WrongOption(`There is no kind of page ${only}. There are: ${known.join(', ')}`);
  }
  if (existsSync(out) && !statSync(out).isDirectory()) throw new WrongOption(`${out} is no directory`);
  await takeAll({ out: resolve(out), only, site, isForDocs: docs });
});

/** @throws {WrongOption} */
function readSite(index: string | undefined): Site {
  try {
    const image = index === undefined ? makeSampleIndex() : readFileSync(index);
    const name = index === undefined ? 'sample' : 'index';
    return { name, image, kinds: pageKinds(readValidIndex(image).index) };
  } catch (error) {
    throw new WrongOption(`The index ${index} cannot be read: ${(error as Error).message}`);
  }
}

async function takeAll(wish: Wish): Promise<void> {
  const { out, only, site, isForDocs } = wish;
  const browser = await openBrowser();
  try {
    if (isForDocs) return await takeForDocs(browser, wish);
    const pictures = new Pictures(out);
    if (only !== WEB) await takeSite(browser, site, { pictures, only });
    if (only === undefined || only === WEB) {
      const take = (name: string, png: Buffer) => told(pictures.add(`web-${name}.png`, png));
      await takeWebPictures(browser, { isWhole: true, looks: LOOKS, take });
    }
    if (only === undefined) pictures.removeOld();
  } finally {
    await browser.close();
  }
}

async function takeForDocs(browser: Browser, { only, site }: Wish): Promise<void> {
  const pictures = new Pictures(DOCUMENTED);
  if (only !== WEB) await takeVisitors(browser, site, { pictures, looks: LOOKS });
  if (only === undefined || only === WEB) await takeWeb(browser, { pictures, looks: LOOKS });
  if (only === undefined) pictures.removeOld();
}

function told(path: string): void {
  process.stdout.write(`${path}\n`);
}

interface Taking {
  readonly pictures: Pictures;
  readonly only: string | undefined;
}

async function takeSite(
  browser: Browser,
  { name, image, kinds }: Site,
  { pictures, only }: Taking,
): Promise<void> {
  const site = await renderSite(image, 'fly');
  const server = await servePages(site.publicDir, site.root);
  const take = (file: string, png: Buffer) => told(pictures.add(file, png));
  try {
    for (const { name: look, colorScheme, width } of LOOKS) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      for (const [kind, path] of kinds) {
        if (only !== undefined && kind !== only && !(only === MAPS && kind === 'studios')) continue;
        await page.goto(`${server.origin}${site.root}/${path}`);
        if (only !== MAPS) take(`${name}-${kind}-${look}.png`, await page.screenshot({ fullPage: true }));
        if (kind !== 'studios') continue;
        for (const [map, png] of await mapsOf(page)) take(`${name}-map-${map}-${look}.png`, png);
      }
      await page.close();
    }
  } finally {
    await server.close();
    site.remove();
  }
}

/** A picture of each map of the loaded page, by its name. */
async function mapsOf(page: Page): Promise<[name: string, png: Buffer][]> {
  const found: [string, Buffer][] = [];
  for (const figure of await page.locator('figure:has(svg)').all()) {
    found.push([(await figure.getAttribute('id'))?.replace('map-', '') ?? 'map', await figure.screenshot()]);
  }
  return found;
}
