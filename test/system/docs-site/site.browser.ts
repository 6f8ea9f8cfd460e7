import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DOCUMENTS, READERS } from '../../../dev/docs-site/readers.ts';
import { addressOf } from '../../../dev/docs-site/site-paths.ts';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { axeFindings, loadAxe, OF_COLORS } from '../../support/browser/axe.ts';
import { ROOT } from '../../support/machine/machine.ts';

// The site is built first, which takes 20 s of a CPU.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** No site stands at the top of a host only: links must fit this, too. */
const BASE = '/manual/showcase/';
interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}
const WIDE: Look = { colorScheme: 'light', width: 1280 };
const LOOKS: readonly Look[] = [WIDE, { colorScheme: 'dark', width: 360 }];
/**
 * What a phone in the dark can change of a document: colours, where things stand, what scrolls, which pictures are shown. The
 * navigation, which differs there, too, is the same around all documents but the home: two of them have every rule,
 * and the others are judged without it.
 */
const OF_LOOK = [
  ...OF_COLORS,
  'target-size',
  'scrollable-region-focusable',
  'image-alt',
  'image-redundant-alt',
  'role-img-alt',
];
/** The generator's own, around every document. */
const AROUND = '.VPSkipLink, .VPNav, .VPLocalNav, .VPSidebar, .VPDocAside, .VPDocFooter, .VPFooter';
const out = mkdtempSync(join(tmpdir(), 'docs-site-'));
let server: ChildProcess;
let origin: string;
let browser: Browser;
/** The page that shows all documents, and what went wrong in it: a new one would compile all scripts once more. */
let reader: { readonly page: Page; readonly found: string[] };

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

beforeAll(async () => {
  const args = ['--out', out, '--base', BASE, '--serve', '--port', String(await freePort())];
  server = spawn(process.execPath, [join(ROOT, 'dev/docs-site/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (!server.stdout) throw new Error('the server has no output');
  for await (const line of createInterface({ input: server.stdout })) {
    const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (found === undefined) continue;
    origin = found;
    break;
  }
  browser = await openBrowser();
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  reader = { page, found: troubles(page) };
});
afterAll(async () => {
  await browser?.close();
  if (server.exitCode === null) {
    server.kill();
    await once(server, 'close');
  }
  rmSync(out, { recursive: true });
});

/** What went wrong in a page, in the order in which it did. */
function troubles(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'log') found.push(message.text());
  });
  page.on('pageerror', (error) => found.push(error.message));
  page.on('requestfailed', (request) => found.push(`${request.url()} failed`));
  page.on('response', (response) => {
    if (response.status() >= 400) found.push(`${response.url()}: ${response.status()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}${BASE}`) && !request.url().startsWith('data:'))
      found.push(`${request.url()} is of another site`);
  });
  return found;
}

/** Pictures that did not come. Those of the other look are not asked for. */
function brokenImages(page: Page): Promise<string[]> {
  return page.$$eval('.vp-doc img', async (images) => {
    const shown = (images as HTMLImageElement[]).filter((image) => image.checkVisibility());
    const broken: string[] = [];
    for (const image of shown) {
      image.loading = 'eager';
      await image.decode().catch(() => broken.push(image.src));
    }
    return broken;
  });
}

async function look(page: Page, { colorScheme, width }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
}

/** Takes elements out of a page until they are put back. @throws if there are none */
async function takeOut(page: Page, selector: string): Promise<() => Promise<void>> {
  const taken = await page.evaluateHandle((which) => {
    const pairs = [...document.querySelectorAll(which)].map((element) => ({ element, place: new Comment() }));
    for (const { element, place } of pairs) element.replaceWith(place);
    return pairs;
  }, selector);
  expect(await taken.evaluate(({ length }) => length)).toBeGreaterThan(3);
  return () =>
    taken.evaluate((pairs) => {
      for (const { element, place } of pairs) place.replaceWith(element);
    });
}

/** Waits until the scripts of a page have taken over: what is pressed before is lost. */
const mounted = (page: Page) =>
  page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}));

const urlOf = (document: string) => `${origin}${BASE}${addressOf(document).slice(1)}`;

describe('the site of the documents', () => {
  it.each(DOCUMENTS)(
    'shows %s without an error, accessible, and no wider than a phone or a desk',
    async (path) => {
      const { page, found } = reader;
      await look(page, WIDE);
      found.length = 0;
      await page.goto(urlOf(path));
      await loadAxe(page);
      // What is taken out before is missed by the scripts.
      await mounted(page);
      expect(await page.locator('h1').count()).toBe(1);
      for (const each of LOOKS) {
        const { colorScheme, width } = each;
        await look(page, each);
        await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
        const isTooWide = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        );
        if (isTooWide) found.push(`wider than ${width} px`);
        found.push(...(await brokenImages(page)));
        const isWhole = DOCUMENTS.indexOf(path) < 2;
        const putBack = isWhole ? null : await takeOut(page, AROUND);
        const scope = isWhole || each === WIDE ? {} : { only: OF_LOOK };
        for (const finding of await axeFindings(page, scope)) found.push(`${colorScheme}: ${finding}`);
        await putBack?.();
      }
      expect(found).toEqual([]);
    },
  );

  it('shows every file that a document links to', async () => {
    const sources = readdirSync(join(out, 'source'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.html'),
    );
    expect(sources.length).toBeGreaterThan(5);
    const page = await browser.newPage();
    const found = troubles(page);
    for (const name of sources) {
      await page.goto(`${origin}${BASE}source/${name}`);
      expect(String(await page.locator('h1').textContent())).toContain(basename(name, '.html'));
      expect(String(await page.locator('.vp-doc pre').textContent()).length, name).toBeGreaterThan(100);
    }
    expect(found).toEqual([]);
    await page.close();
  });

  it('finds a setting by its name, and opens the page at it', async () => {
    const page = await browser.newPage();
    const found = troubles(page);
    await page.goto(urlOf('docs/API.md'));
    await mounted(page);
    await page.keyboard.press('Control+k');
    await page.locator('input#localsearch-input').fill('FLEET_CONCURRENCY');
    const first = page.locator('a.result').first();
    await first.waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.vp-doc', { hasText: 'FLEET_CONCURRENCY' }).waitFor();
    expect(page.url()).toContain(urlOf('docs/SETTINGS.md'));
    expect(found).toEqual([]);
    await page.close();
  });

  it('leads from a reader to a document, to a heading of another, and to a file of the repository', async () => {
    const page = await browser.newPage();
    const found = troubles(page);
    await page.goto(`${origin}${BASE}`);
    const engineers = READERS.at(-1);
    await page.locator('.readers a', { hasText: engineers?.name ?? '' }).click();
    await page.waitForURL(urlOf('docs/START.md'));
    await page.locator('.vp-doc a', { hasText: 'src/update/pipeline.ts' }).first().click();
    await page.locator('h1', { hasText: 'src/update/pipeline.ts' }).waitFor();
    expect(await page.locator('.vp-doc pre').textContent()).toContain('import { generate }');
    await page.goBack();
    await page.locator('.VPSidebar a', { hasText: 'Architecture' }).click();
    await page.waitForURL(urlOf('ARCHITECTURE.md'));
    expect(found).toEqual([]);
    await page.close();
  });

  it('on a phone has the navigation behind a button', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await page.goto(urlOf('docs/OPERATING.md'));
    await mounted(page);
    await page.locator('.VPLocalNav button.menu').click();
    await page.locator('.VPSidebar a', { hasText: 'Webhooks' }).click();
    await page.waitForURL(urlOf('docs/WEBHOOKS.md'));
    await page.close();
  });
});
