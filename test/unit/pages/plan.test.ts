import { describe, expect, it } from 'vitest';
import type { Index } from '../../../src/index/index-model.ts';
import { entriesOf } from '../../../src/index/index-model.ts';
import { plainOptions } from '../../../src/pages/pages-options.ts';
import { planPages } from '../../../src/pages/plan-pages.ts';
import {
  event,
  inventedIndex,
  multi,
  NOTHING,
  single,
  studio,
  yearOf,
} from '../../support/indexes/invented-index.ts';
import { linksOf, renderAll, renderPage, textOf, tokensOf } from '../../support/pages/rendered.ts';

const INDEX = inventedIndex();

/** Every path that the site answers: pages, tenants, requests for events. */
function pathsOf(index: Index, root: string): Set<string> {
  const paths = new Set<string>(['#main', '#after-maps']);
  for (const path of renderAll(index, root).keys()) {
    paths.add(`${root}/${path.replace(/index\.html$/, '')}`);
  }
  for (const { key } of index.studios) paths.add(`${root}/studios/${key}/request`);
  for (const { year, studio: owner, single: alone, events } of entriesOf(index)) {
    for (const { key } of events) paths.add(`${root}/${year}/${owner.key}/${alone ? '' : `${key}/`}`);
  }
  return paths;
}

describe('the pages of an index', () => {
  it('are home, all regions that own events, all studios, all years, and multi studios of each', () => {
    expect([...renderAll(INDEX).keys()]).toEqual([
      'index.html',
      'regions/index.html',
      'studios/index.html',
      ...['fra', 'iad', 'nrt', 'syd', 'x-1'].map((code) => `regions/${code}/index.html`),
      ...['10', '9', 'graz', 'hobart', 'kyoto', 'lima', "o'hara+sons", 'unused', 'ärzte'].map(
        (key) => `studios/${key}/index.html`,
      ),
      '2026/index.html',
      ...['10', 'graz', 'hobart', "o'hara+sons"].map((key) => `2026/${key}/index.html`),
      '2025/index.html',
      '2025/9/index.html',
      '2025/kyoto/index.html',
      '2022/index.html',
    ]);
  });

  it('are three for an index without studios, regions and events', () => {
    const pages = renderAll(NOTHING);
    expect([...pages.keys()]).toEqual(['index.html', 'regions/index.html', 'studios/index.html']);
    for (const page of pages.values()) expect(() => tokensOf(page)).not.toThrow();
    expect(pages.get('index.html')).not.toContain('<svg ');
    for (const [path, said] of [
      ['index.html', 'No events yet.'],
      ['regions/index.html', 'None.'],
      ['studios/index.html', 'No studios yet.'],
    ] as const) {
      expect([path, textOf(pages.get(path) ?? '')]).toEqual([path, expect.stringContaining(said)]);
    }
  });

  it.each(['/showcase', ''])('link only to pages, to tenants and to the request form, below %j', (root) => {
    const paths = pathsOf(INDEX, root);
    for (const [path, page] of renderAll(INDEX, root)) {
      const strangers = linksOf(page).filter((link) => !paths.has(decodeURIComponent(link)));
      expect([path, strangers]).toEqual([path, []]);
    }
  });

  it('are all linked from one another', () => {
    const pages = renderAll(INDEX);
    const linked = new Set([...pages.values()].flatMap(linksOf).map(decodeURIComponent));
    for (const path of pages.keys())
      expect(linked).toContain(`/showcase/${path.replace(/index\.html$/, '')}`);
  });

  it('are the same text each time that they are rendered', () => {
    expect([...renderAll(INDEX)]).toEqual([...renderAll(inventedIndex())]);
  });

  it('have a language, a title, one heading of the first level and one main part each', () => {
    for (const page of renderAll(INDEX).values()) {
      const tokens = tokensOf(page);
      const opened = (name: string) => tokens.filter((one) => one.kind === 'open' && one.name === name);
      expect(opened('h1')).toHaveLength(1);
      expect(opened('main')).toHaveLength(1);
      expect(page).toMatch(/^<!doctype html>\n<html lang="[a-z]{2}(?:-[A-Z]{2})?">\n/);
      expect(page).toMatch(/<title>[^<]+<\/title>/);
      const ids = tokens.flatMap((one) => (one.kind === 'open' ? (one.attributes.get('id') ?? []) : []));
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('a studio’s page', () => {
  it('shows its events by year, those with days that can be read first, each linked to its tenant', () => {
    const page = renderPage(INDEX, 'studios/10/index.html');
    expect(linksOf(page).filter((link) => link.includes('/20'))).toEqual([
      '/showcase/2026/10/spring-ball/',
      '/showcase/2026/10/fall/',
      '/showcase/2026/10/',
      '/showcase/2025/10/',
    ]);
    expect(textOf(page).replaceAll(/\s+/g, ' ')).toContain(
      '2026 March 1 – 2, 2026 Spring & Ball Date not announced Fall Events in 2026 2025 (1) Date not announced Showcase',
    );
  });

  it('without events says so', () => {
    expect(textOf(renderPage(INDEX, 'studios/unused/index.html'))).toContain('No events yet.');
  });

  it('without a place has no map, and without a region names none', () => {
    const page = renderPage(INDEX, "studios/o'hara+sons/index.html");
    expect(page).not.toContain('<svg');
    expect(textOf(page)).not.toContain('Served from');
  });

  it('names its region without a link where that has no page', () => {
    const page = renderPage(INDEX, 'studios/unused/index.html');
    expect(textOf(page)).toContain('Served from London, United Kingdom');
    expect(linksOf(page)).not.toContain('/showcase/regions/lhr/');
  });

  it('of a server that stands in for all regions name none that a studio were served from', () => {
    const pages = planPages(INDEX, { ...plainOptions(''), isAlone: true });
    const texts = new Map(pages.map(({ path, render }) => [path, String(render())]));
    expect([...texts].filter(([, text]) => /Served from|Serverstandort/.test(text))).toEqual([]);
    expect(texts.get('regions/index.html')).toContain('Here one server stands in for all of them.');
  });

  it('of one year lists that year alone', () => {
    const page = renderPage(INDEX, '2025/9/index.html');
    expect(linksOf(page)).toContain('/showcase/2025/9/opener/');
    expect(linksOf(page)).not.toContain('/showcase/2026/9/');
  });
});

describe('a year’s page', () => {
  it('lists the events of all studios by date, those without one last', () => {
    const [a, b] = [studio('a'), studio('b')];
    const index: Index = {
      ...NOTHING,
      studios: [a, b],
      years: [
        yearOf(
          multi(
            2026,
            a,
            event('late', 'Late', '2026-05-02'),
            event('text', 'Text', 'in spring'),
            event('none'),
          ),
          single(2026, b, '2026-05-01 - 2026-05-03'),
        ),
      ],
    };
    expect(linksOf(renderPage(index, '2026/index.html')).filter((link) => link.includes('2026/'))).toEqual([
      '/showcase/2026/b/',
      '/showcase/2026/a/late/',
      '/showcase/2026/a/text/',
      '/showcase/2026/a/none/',
    ]);
  });
});

describe('a region’s page', () => {
  it('lists its studios and their events, and no other', () => {
    const page = renderPage(INDEX, 'regions/iad/index.html');
    const studios = linksOf(page).filter((link) => link.startsWith('/showcase/studios/') && link.length > 18);
    expect(new Set(studios)).toEqual(new Set(['/showcase/studios/10/', '/showcase/studios/9/']));
    expect(linksOf(page)).toContain('/showcase/2026/10/spring-ball/');
    expect(linksOf(page)).not.toContain('/showcase/2026/graz/showcase/');
  });
});
