import { hash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeAsset } from '../../../src/pages/assets.ts';
import type { Page } from '../../../src/pages/page.ts';
import { originOf, seal } from '../../../src/pages-out/seal.ts';
import { Public } from '../../support/pages-out/public.ts';
import { page, style as sheet, styledSite } from '../../support/pages-out/site.ts';

const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff]);
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

const style = (text = 'body{}') => makeAsset('style', 'css', text);
const picture = makeAsset('map-us', 'png', PICTURE);
const sitemap: Page = { path: 'studios/sitemap.xml', render: () => `${XML}<urlset/>\n` };
const robots: Page = { path: 'robots.txt', yields: true, render: () => 'User-agent: *\n' };
const lost: Page = { path: '404.html', yields: true, render: () => '<!doctype html>\n<p>lost' };

const all = (text?: string): Page[] => [style(text), picture, sitemap, robots, lost, page('index.html')];

describe('an asset', () => {
  it('stands under a name that its bytes give it, as it is', async () => {
    const place = Public.make();
    expect((await place.write(all())).counts).toMatchObject({ written: 6, failed: 0 });
    expect(style().path).toBe(`assets/pages-style-${hash('sha256', 'body{}').slice(0, 16)}.css`);
    expect(place.read(style().path)).toBe('body{}');
    expect(readFileSync(place.path(picture.path))).toEqual(PICTURE);
    expect((await place.write(all())).counts).toMatchObject({ written: 0, unchanged: 6 });
  });

  it('stays beside the one that takes its place, since pages elsewhere name it, and goes with the next', async () => {
    const place = Public.make();
    await place.write(all('first'));
    utimesSync(place.path(style('first').path), 1000, 1000);
    expect((await place.write(all('second'))).counts).toMatchObject({ written: 1, removed: 0 });
    utimesSync(place.path(style('second').path), 2000, 2000);
    expect((await place.write(all('third'))).counts).toMatchObject({ written: 1, removed: 1 });
    expect(place.items).toContain(`removed ${style('first').path}`);
    expect(['first', 'second', 'third'].map((text) => place.has(style(text).path))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('that no page names under any digest goes, and the directory of assets with the last', async () => {
    const place = Public.make();
    await place.write(all());
    expect((await place.write([])).counts).toMatchObject({ removed: 6 });
    expect(place.snapshot()).toEqual({});
  });

  it('that was changed by hand is written again while it belongs, and left alone with a note when it does not', async () => {
    const place = Public.make();
    await place.write(all());
    place.put(style().path, 'mine');
    expect((await place.write(all())).counts).toMatchObject({ written: 1, removed: 0 });
    expect(place.read(style().path)).toBe('body{}');
    place.put(style().path, 'mine');
    const { counts } = await place.write([page('index.html')]);
    expect(counts).toMatchObject({ removed: 4 });
    expect(place.items).toContain(`left-alone ${style().path}`);
    expect(place.read(style().path)).toBe('mine');
  });

  it('takes the place of a link without touching what that leads to; a link in its directory’s place fails', async () => {
    const place = Public.make();
    const elsewhere = `${place.home}/elsewhere.css`;
    writeFileSync(elsewhere, 'kept');
    mkdirSync(place.path('assets'));
    symlinkSync(elsewhere, place.path(style().path));
    expect((await place.write(all())).counts).toMatchObject({ written: 6, failed: 0 });
    expect(lstatSync(place.path(style().path)).isFile()).toBe(true);
    expect(readFileSync(elsewhere, 'utf8')).toBe('kept');

    const linked = Public.make();
    const outside = Public.make();
    symlinkSync(outside.dir, linked.path('assets'));
    expect((await linked.write(all())).counts).toMatchObject({ written: 4, failed: 2 });
    expect(outside.snapshot()).toEqual({});
  });

  it('that cannot be written leaves the pages that need it as they were, and no asset goes', async () => {
    const place = Public.make();
    await place.write(styledSite('first'));
    const before = place.read('index.html');
    for (const text of ['second', 'third']) {
      mkdirSync(place.path(`${sheet(text).path}/taken`), { recursive: true });
      const { counts, failures } = await place.write([...styledSite(text), page('2024/index.html')]);
      expect(counts).toEqual({
        written: text === 'second' ? 1 : 0,
        unchanged: text === 'second' ? 0 : 1,
        removed: 0,
        failed: 8,
      });
      expect(failures.at(-1)?.message).toBe(`it needs ${sheet(text).path}, which could not be written`);
      expect(place.read('index.html')).toBe(before);
      expect(place.has(sheet('first').path)).toBe(true);
    }
  });

  it('that the pages of an earlier run name stays while a page cannot be written', async () => {
    const place = Public.make();
    await place.write(styledSite('first'));
    rmSync(place.path('2026/boston/index.html'));
    mkdirSync(place.path('2026/boston/index.html/taken'), { recursive: true });
    for (const text of ['second', 'third']) await place.write(styledSite(text));
    expect(place.has(sheet('first').path)).toBe(true);
    rmSync(place.path('2026/boston/index.html'), { recursive: true });
    await place.write(styledSite('third'));
    expect(place.has(sheet('first').path)).toBe(false);
  });

  it('goes and takes with it what a killed run has left of any version of it, and nothing of other names', async () => {
    const place = Public.make();
    const left = `assets/.pages-style-${'0'.repeat(16)}.css.${'0'.repeat(24)}.staged`;
    const other = `assets/.application-${'0'.repeat(16)}.css.${'0'.repeat(24)}.staged`;
    place.put(left, 'left');
    place.put(other, 'mine');
    await place.write(all());
    expect([place.has(left), place.has(other)]).toEqual([false, true]);
  });
});

describe('the application’s own files', () => {
  it('stay in the directory of assets, whatever they are called', async () => {
    const place = Public.make();
    const theirs = {
      'assets/application-0123456789abcdef.css': 'a{}',
      'assets/pages.css': 'a{}',
      'assets/pages-style.css': 'a{}',
      'assets/pages-style-0123.css': 'a{}',
      'assets/pages-Style-0123456789abcdef.css': 'a{}',
      'assets/.sprockets-manifest.json': '{}',
      'assets/deep/pages-style-0123456789abcdef.css': 'a{}',
      'assets/index.html': seal('index.html', '<!doctype html>\nelsewhere').toString(),
      'assets/sitemap.xml': seal('sitemap.xml', `${XML}<urlset/>`).toString(),
    };
    for (const [name, text] of Object.entries(theirs)) place.put(name, text);
    await place.write(all());
    await place.write([]);
    for (const [name, text] of Object.entries(theirs)) expect([name, place.read(name)]).toEqual([name, text]);
  });

  it.each(['robots.txt', '404.html'])('%s stays where it was there first, without a word', async (name) => {
    const place = Public.make();
    place.put(name, 'the application’s');
    for (let run = 0; run < 2; run++) {
      const { counts } = await place.write(all());
      expect(counts).toMatchObject({ written: run === 0 ? 5 : 0, failed: 0 });
    }
    expect(place.items).toEqual([]);
    await place.write([]);
    expect(place.read(name)).toBe('the application’s');
  });

  it.each(['a link', 'a link to nothing', 'a directory'])(
    '%s stays in the place of robots.txt',
    async (what) => {
      const place = Public.make();
      if (what === 'a directory') mkdirSync(place.path('robots.txt'));
      else symlinkSync(what === 'a link' ? place.home : `${place.home}/nothing`, place.path('robots.txt'));
      expect((await place.write(all())).counts).toMatchObject({ written: 5, failed: 0 });
      expect(lstatSync(place.path('robots.txt')).isFile()).toBe(false);
    },
  );

  it('robots.txt of ours that somebody has changed is theirs from then on', async () => {
    const place = Public.make();
    await place.write(all());
    const changed = `${place.read('robots.txt')}Disallow: /\n`;
    place.put('robots.txt', changed);
    expect((await place.write(all())).counts).toMatchObject({ written: 0, failed: 0 });
    expect(place.read('robots.txt')).toBe(changed);
  });
});

describe('the seal', () => {
  it.each([
    ['sitemap.xml', `${XML}<urlset/>\n`],
    ['robots.txt', 'User-agent: *\n'],
    ['404.html', '<!doctype html>\n<p>lost'],
  ])('of %s is known again, and broken by any change', (name, text) => {
    const bytes = seal(name, text);
    expect(originOf(name, bytes)).toBe('intact');
    expect(originOf(name, Buffer.concat([bytes, Buffer.from(' ')]))).toBe('changed');
    expect(originOf(name, Buffer.from(text))).toBe('foreign');
  });

  it('is refused to an asset under the digest of other bytes, and to kinds that could not be recognised', () => {
    expect(() => seal('pages-style-0123456789abcdef.css', 'a{}')).toThrow('another digest');
    expect(() => seal('picture.png', PICTURE)).toThrow('recognised');
    expect(() => seal('sitemap.xml', '<urlset/>')).toThrow('begin with');
  });
});
