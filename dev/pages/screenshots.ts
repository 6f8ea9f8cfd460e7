/**
 * `npm run screenshots`: pictures of one page of every kind and of each map, light and dark, wide and narrow, for people
 * to look at. Of the sample index, of production's where it stands beside the repository, or of a given one; and of the pages
 * of the web part, with the sample.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { readValidIndex } from '../../src/index/read-index.ts';
import { makeSampleIndex } from '../sample/sample.ts';
import { openBrowser } from './chromium.ts';
import { pageKinds } from './kinds.ts';
import { Pictures } from './pictures.ts';
import { servePages } from './server.ts';
import { renderSite } from './site.ts';
import { type Look, takeWebPictures } from './web-pictures.ts';

const USAGE = `Usage: npm run screenshots -- [options]

  --out DIR     where the pictures go (default: screenshots). Pictures of an earlier
                run that this one has not made again are removed; other files stay
  --index FILE  an index to take instead of the sample and production's
  --only KIND   one kind of page only: home, region, studio, year, ..., web or maps;
                other pictures stay
  --docs        make those pictures of the web part anew that docs/ show
`;

const ROOT = resolve(import.meta.dirname, '../..');
const PRODUCTION = resolve(ROOT, '../shared/data/index.sqlite3');
const MAPS = 'maps';
const WEB = 'web';
const DOCUMENTED = join(ROOT, 'docs/pictures');
/** What docs/WEB.md and docs/DASHBOARD.md show: the page and the look of each picture. */
const IN_DOCS: ReadonlySet<string> = new Set([
  ...['request-form-light-narrow', 'request-moving-light-narrow', 'request-live-dark-narrow'],
  ...['overview-light-wide', 'apply-light-wide', 'run-light-wide', 'studio-light-wide', 'history-light-wide'],
  ...['deploys-light-wide', 'deploy-failed-light-wide', 'deploys-dark-narrow', 'deploy-failed-dark-narrow'],
]);

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
  readonly sites: readonly Site[];
  /** Whether those of the document are meant, and no others. */
  readonly isForDocs: boolean;
}

/** Something about the options is wrong; the message says what. */
class WrongOption extends Error {}

try {
  const wish = readWish();
  if (wish === null) process.stdout.write(USAGE);
  else await takeAll(wish);
} catch (error) {
  if (!(error instanceof WrongOption)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

/** Reads all options and looks at what they name, before anything is done; null for `--help`. */
function readWish(): Wish | null {
  const { out, index, only, help, docs } = readOptions();
  if (help) return null;
  const sites = readSites(index);
  const known = [...new Set(sites.flatMap(({ kinds }) => [...kinds.keys()])), WEB, MAPS];
  if (only !== undefined && !known.includes(only)) {
    throw new WrongOption(`There is no kind of page ${only}. There are: ${known.join(', ')}`);
  }
  if (existsSync(out) && !statSync(out).isDirectory()) throw new WrongOption(`${out} is no directory`);
  return { out: resolve(out), only, sites, isForDocs: docs };
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        out: { type: 'string', default: join(ROOT, 'screenshots') },
        index: { type: 'string' },
        only: { type: 'string' },
        docs: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new WrongOption((error as Error).message);
  }
}

function readSites(index: string | undefined): Site[] {
  const images: [name: string, image: () => Buffer][] =
    index === undefined ? [['sample', makeSampleIndex]] : [['index', () => readFileSync(index)]];
  if (index === undefined && existsSync(PRODUCTION))
    images.push(['production', () => readFileSync(PRODUCTION)]);
  return images.map(([name, read]) => {
    try {
      const image = read();
      return { name, image, kinds: pageKinds(readValidIndex(image).index) };
    } catch (error) {
      throw new WrongOption(`The index ${index ?? name} cannot be read: ${(error as Error).message}`);
    }
  });
}

async function takeAll({ out, only, sites, isForDocs }: Wish): Promise<void> {
  const browser = await openBrowser();
  try {
    if (isForDocs) return await takeForDocs(browser);
    const pictures = new Pictures(out);
    for (const site of sites) if (only !== WEB) await takeSite(browser, site, { pictures, only });
    if (only === undefined || only === WEB) {
      const take = (name: string, png: Buffer) => told(pictures.add(`web-${name}.png`, png));
      await takeWebPictures(browser, { isWhole: true, looks: LOOKS, take });
    }
    if (only === undefined) pictures.removeOld();
  } finally {
    await browser.close();
  }
}

async function takeForDocs(browser: Browser): Promise<void> {
  const pictures = new Pictures(DOCUMENTED);
  const take = (name: string, png: Buffer): void => {
    if (IN_DOCS.has(name)) told(pictures.add(`${name}.png`, png));
  };
  await takeWebPictures(browser, { isWhole: false, looks: LOOKS, take });
  pictures.removeOld();
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
        if (only !== undefined && kind !== only && !(only === MAPS && kind === 'home')) continue;
        await page.goto(`${server.origin}${site.root}/${path}`);
        if (only !== MAPS) take(`${name}-${kind}-${look}.png`, await page.screenshot({ fullPage: true }));
        if (kind !== 'home') continue;
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
    found.push([(await figure.getAttribute('class')) ?? 'map', await figure.screenshot()]);
  }
  return found;
}
