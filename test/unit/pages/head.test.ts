import { describe, expect, it } from 'vitest';
import type { Index } from '../../../src/index/index-model.ts';
import { type PagesOptions, plainOptions } from '../../../src/pages/pages-options.ts';
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
import { linksOf, type Token, tokensOf } from '../../support/pages/rendered.ts';

const ADDRESS = 'https://dance.example/showcase';

/** As on Fly: home and years ask for a login. */
const PUBLIC = /^\/showcase\/(?:studios|regions|assets)\/|^\/showcase\/\d{4}\/[^/]+\/$/;

function filesOf(index: Index, options: Partial<PagesOptions> = {}): Map<string, string> {
  const all = { ...plainOptions('/showcase'), isPublic: (path: string) => PUBLIC.test(path), ...options };
  return new Map(planPages(index, all).map((page) => [page.path, page.render().toString()]));
}

type Open = Extract<Token, { kind: 'open' }>;

const elements = (page: string, name: string): Open[] =>
  tokensOf(page).flatMap((token) => (token.kind === 'open' && token.name === name ? [token] : []));

const canonicalOf = (page: string): string | undefined =>
  elements(page, 'link')
    .find(({ attributes }) => attributes.get('rel') === 'canonical')
    ?.attributes.get('href');

function metaOf(page: string): Map<string, string> {
  const metas = elements(page, 'meta').map(({ attributes }) => attributes);
  return new Map(
    metas.map((one) => [one.get('property') ?? one.get('name') ?? '', one.get('content') ?? '']),
  );
}

/** What is said of events, as a program reads it: the studio as place and organizer, then the events. */
function eventsIn(page: string): Record<string, unknown>[] {
  const [, json = '{"@graph":[]}'] = /<script type="application\/ld\+json">(.*)<\/script>/.exec(page) ?? [];
  return JSON.parse(json)['@graph'];
}

const BOSTON = studio('boston', { name: 'Boston', lat: 42.355, lon: -71.06, locale: null });
const KOBE = studio('kobe', { name: 'Kobe', lat: 34.69, lon: 135.19, locale: 'ja-JP' });
const SALEM = studio('salem', { name: 'Salem', lat: null, lon: null, locale: null });
const INDEX: Index = {
  ...NOTHING,
  studios: [BOSTON, KOBE, SALEM],
  years: [
    yearOf(
      multi(
        2026,
        BOSTON,
        event('tea', 'Tea Dance', '2026-11-01'),
        event('ball', 'Ball', 'May 2 - 3'),
        event('some', 'Some day', 'May 2026'),
        event('none', 'Spring'),
      ),
      single(2026, KOBE, '2026-03-07 - 2026-03-08'),
    ),
    yearOf(single(2025, BOSTON, '2025-10-01')),
  ],
};

describe('the head of a page', () => {
  it('names no host where none is set, in any page', () => {
    for (const [path, text] of filesOf(INDEX)) {
      const named = text.replace(/https:\/\/(?:schema\.org|github\.com\/rubys\/showcase)/g, '');
      expect([path, /https?:\/\/(?!www\.w3\.org)/.exec(named)?.[0]]).toEqual([path, undefined]);
    }
  });

  it('has the address of the page where visitors shall see it, each its own, and none where a login is asked for', () => {
    const files = filesOf(INDEX, { address: ADDRESS });
    const canonical = new Map(
      [...files].map(([path, page]) => [path, canonicalOf(page.startsWith('<!') ? page : '')]),
    );
    expect(canonical.get('studios/boston/index.html')).toBe(`${ADDRESS}/studios/boston/`);
    expect(canonical.get('2026/boston/index.html')).toBe(`${ADDRESS}/2026/boston/`);
    for (const path of ['index.html', '2026/index.html', '404.html'])
      expect(canonical.get(path)).toBeUndefined();
    const all = [...canonical.values()].filter((address) => address !== undefined);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(6);
  });

  it('gives what is shown where a link to the page stands', () => {
    const files = filesOf(INDEX, { address: ADDRESS });
    const meta = metaOf(files.get('studios/boston/index.html') ?? '');
    expect(meta.get('og:title')).toBe('Boston, Massachusetts: ballroom dance showcases – Showcases');
    expect(meta.get('description')).toBe(
      'Boston, Massachusetts: Tea Dance, November 1, 2026; Ball, May 2 - 3; Some day, May 2026; ...',
    );
    // Without a picture, title and description are all that is shown.
    expect([...metaOf(files.get('2026/boston/index.html') ?? '').keys()]).toEqual([
      '',
      'viewport',
      'description',
    ]);
  });

  it('has a title and a description of its own on every page', () => {
    const pages = [...filesOf(inventedIndex())].filter(([path]) => path.endsWith('.html'));
    const titles = pages.map(([, page]) => /<title>(.*)<\/title>/.exec(page)?.[1]);
    expect(new Set(titles).size).toBe(pages.length);
    for (const [path, page] of pages) expect([path, metaOf(page).get('description')]).not.toEqual([path, '']);
  });

  it('leads to the server that visitors belong on, where this one is a copy', () => {
    const files = filesOf(INDEX, { address: ADDRESS, isCopy: true });
    for (const path of ['studios/index.html', 'studios/kobe/index.html', '404.html']) {
      const page = files.get(path) ?? '';
      const there = path === '404.html' ? 'studios/' : path.replace('index.html', '');
      expect([path, linksOf(page)]).toEqual([path, expect.arrayContaining([`${ADDRESS}/${there}`])]);
    }
    expect(filesOf(INDEX, { address: ADDRESS }).get('studios/index.html')).not.toContain('class="copy"');
  });
});

describe('what is said of events', () => {
  it('is a DanceEvent for each whose days are known, with place, organizer and addresses', () => {
    const page = filesOf(INDEX, { address: ADDRESS }).get('studios/boston/index.html') ?? '';
    expect(eventsIn(page)).toEqual([
      {
        '@type': 'LocalBusiness',
        '@id': '#studio',
        name: 'Boston',
        url: `${ADDRESS}/studios/boston/`,
        address: { '@type': 'PostalAddress', addressRegion: 'MA', addressCountry: 'US' },
        geo: { '@type': 'GeoCoordinates', latitude: 42.355, longitude: -71.06 },
      },
      {
        '@type': 'DanceEvent',
        name: 'Tea Dance',
        startDate: '2026-11-01',
        url: `${ADDRESS}/2026/boston/tea/`,
        location: { '@id': '#studio' },
        organizer: { '@id': '#studio' },
      },
      expect.objectContaining({ name: 'Ball', startDate: '2026-05-02', endDate: '2026-05-03' }),
    ]);
  });

  it('says whose the only event of a studio is, and both ends of its days', () => {
    const [, only] = eventsIn(filesOf(INDEX).get('studios/kobe/index.html') ?? '');
    expect(only).toMatchObject({ startDate: '2026-03-07', endDate: '2026-03-08' });
    expect(only?.['name']).toMatch(/^Kobe: /);
    expect(only).not.toHaveProperty('url');
  });

  it('cannot end the element that it stands in', () => {
    const name = '</script><script>alert(1)</script><!-- & \u2028';
    const owner = studio('a', { name, locale: null });
    const index = { ...NOTHING, studios: [owner], years: [yearOf(single(2026, owner, '2026-01-01'))] };
    const page = filesOf(index).get('studios/a/index.html') ?? '';
    // The page's own, and the data.
    expect(elements(page, 'script')).toHaveLength(2);
    expect(eventsIn(page)[0]).toMatchObject({
      name: '</script><script>alert(1)</script><!-- &  ',
    });
  });
});
