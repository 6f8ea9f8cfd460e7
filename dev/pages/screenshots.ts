/**
 * `npm run screenshots`: pictures of one page of every kind and of each map, light and dark, wide and narrow, for people
 * to look at. Of the sample index, of production's where it stands beside the repository, or of a given one.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { readValidIndex } from '../../src/index/read.ts';
import { makeSampleIndex } from '../sample/sample.ts';
import { openBrowser } from './chromium.ts';
import { pageKinds } from './kinds.ts';
import { servePages } from './server.ts';
import { renderSite } from './site.ts';

const USAGE = `Usage: npm run screenshots -- [options]

  --out DIR     where the pictures go; what it holds is removed first (default: screenshots)
  --index FILE  an index to take instead of the sample and production's
  --only KIND   one kind of page only: home, region, studio, year, ... or maps
`;

const ROOT = resolve(import.meta.dirname, '../..');
const PRODUCTION = resolve(ROOT, '../shared/data/index.sqlite3');

/** CSS pixels, as on a phone and on a desk. */
const WIDTHS = { narrow: 390, wide: 1280 } as const;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(ROOT, 'screenshots') },
    index: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else await takeAll(resolve(values.out), values.only);

async function takeAll(out: string, only: string | undefined): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const browser = await openBrowser();
  try {
    for (const [name, image] of images()) await takeSite(browser, { name, image, out, only });
  } finally {
    await browser.close();
  }
}

function images(): [name: string, image: Buffer][] {
  if (values.index !== undefined) return [['index', readFileSync(values.index)]];
  const sample: [string, Buffer] = ['sample', makeSampleIndex()];
  return existsSync(PRODUCTION) ? [sample, ['production', readFileSync(PRODUCTION)]] : [sample];
}

interface Request {
  readonly name: string;
  readonly image: Buffer;
  readonly out: string;
  readonly only: string | undefined;
}

async function takeSite(browser: Browser, { name, image, out, only }: Request): Promise<void> {
  const site = await renderSite(image, 'fly');
  const server = await servePages(site.publicDir, site.root);
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, width] of Object.entries(WIDTHS)) {
        const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
        const look = `${colorScheme}-${size}`;
        for (const [kind, path] of pageKinds(readValidIndex(image).index)) {
          if (only !== undefined && kind !== only && !(only === 'maps' && kind === 'home')) continue;
          await page.goto(`${server.origin}${site.root}/${path}`);
          if (only !== 'maps') await take(page, join(out, `${name}-${kind}-${look}.png`));
          if (kind === 'home') await takeMaps(page, (map) => join(out, `${name}-map-${map}-${look}.png`));
        }
        await page.close();
      }
    }
  } finally {
    await server.close();
    site.remove();
  }
}

async function take(page: Page, path: string): Promise<void> {
  await page.screenshot({ path, fullPage: true });
  process.stdout.write(`${path}\n`);
}

/** Each map of the loaded page. */
async function takeMaps(page: Page, pathOf: (map: string) => string): Promise<void> {
  for (const figure of await page.locator('figure:has(svg)').all()) {
    const path = pathOf((await figure.getAttribute('class')) ?? 'map');
    await figure.screenshot({ path });
    process.stdout.write(`${path}\n`);
  }
}
