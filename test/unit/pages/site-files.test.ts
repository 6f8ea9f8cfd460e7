import { describe, expect, it } from 'vitest';
import { type PagesOptions, plainOptions } from '../../../src/pages/pages-options.ts';
import { planPages } from '../../../src/pages/plan-pages.ts';
import { inventedIndex, NOTHING, studio } from '../../support/indexes/invented-index.ts';
import { linksOf, textOf, tokensOf } from '../../support/pages/rendered.ts';

const ADDRESS = 'https://dance.example/showcase';

function filesWith(options: Partial<PagesOptions>, index = inventedIndex()): Map<string, string> {
  const isPublic = (path: string) => path.startsWith('/showcase/studios/');
  const pages = planPages(index, { ...plainOptions('/showcase'), isPublic, ...options });
  return new Map(pages.map((page) => [page.path, page.render().toString()]));
}

const addressesIn = (sitemap = ''): string[] =>
  [...sitemap.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, text = '']) => text);

describe('the sitemap', () => {
  it('has the pages of studios, each at its address, as XML', () => {
    const sitemap = filesWith({ address: ADDRESS }).get('studios/sitemap.xml') ?? '';
    expect(sitemap).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<urlset xmlns="[^"]+">\n/);
    expect(addressesIn(sitemap)).toEqual([
      `${ADDRESS}/studios/`,
      ...['10', '9', 'graz', 'hobart', 'kyoto', 'lima', 'o&#39;hara%2Bsons', 'unused', '%C3%A4rzte'].map(
        (key) => `${ADDRESS}/studios/${key}/`,
      ),
    ]);
  });

  it('leaves out what asks for a login', () => {
    const isPublic = (path: string) => path === '/showcase/studios/10/';
    const files = filesWith({ address: ADDRESS, isPublic });
    expect(addressesIn(files.get('studios/sitemap.xml'))).toEqual([`${ADDRESS}/studios/10/`]);
  });

  it.each([
    ['no address is set', {}, inventedIndex()],
    ['this server is a copy', { address: ADDRESS, isCopy: true }, inventedIndex()],
    ['a studio has its name', { address: ADDRESS }, { ...NOTHING, studios: [studio('sitemap.xml')] }],
  ])('is not there if %s', (_, options, index) => {
    const paths = [...filesWith(options, index).keys()];
    expect(paths).not.toContain('studios/sitemap.xml');
    expect(paths).not.toContain('robots.txt');
    expect(paths).toContain('404.html');
  });

  it('takes its own place, while robots.txt and the page for what is not there leave theirs to others', () => {
    const pages = planPages(inventedIndex(), { ...plainOptions('/showcase'), address: ADDRESS });
    const yielding = pages.filter((page) => page.yields).map(({ path }) => path);
    expect(yielding).toEqual(['404.html', 'robots.txt']);
  });

  it('is named by robots.txt, which opens studios, documentation and what pages share', () => {
    expect(filesWith({ address: ADDRESS }).get('robots.txt')).toBe(`User-agent: *
Allow: /showcase/studios/
Allow: /showcase/docs/
Allow: /showcase/assets/
Disallow: /

Sitemap: ${ADDRESS}/studios/sitemap.xml
`);
  });
});

describe('the page for what is not there', () => {
  it('leads to the studios from any address, and is kept out of search engines', () => {
    const page = filesWith({}).get('404.html') ?? '';
    expect(linksOf(page)).toContain('/showcase/studios/');
    expect(page).toContain('<meta name="robots" content="noindex">');
    expect(linksOf(page).every((link) => /^(?:\/showcase\/|#)/.test(link))).toBe(true);
  });
});

describe('around the content of a page', () => {
  const isOnFly = (path: string) =>
    /^\/showcase\/(?:studios|regions)\/|^\/showcase\/\d{4}\/[^/]+\/$/.test(path);
  const files = filesWith({ isPublic: isOnFly });
  const pages = [...files].filter(([path]) => /(^|\/)index\.html$/.test(path));
  const hrefOf = (path: string) => `/showcase/${path.slice(0, -'index.html'.length)}`;

  it('no page that is public leads to home or a year, which ask for a login', () => {
    const led = pages
      .filter(
        ([path]) => isOnFly(encodeURI(hrefOf(path))) && !/^\d{4}\/index/.test(path) && path !== 'index.html',
      )
      .filter(([path]) => !path.startsWith('regions/'))
      .filter(([, page]) => linksOf(page).some((link) => /^\/showcase\/(?:\d{4}\/)?$/.test(link)));
    expect(led.map(([path]) => path)).toEqual([]);
  });

  it('lists of events say that these need a password', () => {
    for (const path of ['studios/10/index.html', '2026/10/index.html']) {
      expect([path, textOf(files.get(path) ?? '')]).toEqual([
        path,
        expect.stringContaining('To open an event you need the password of its studio.'),
      ]);
    }
    expect(textOf(files.get('studios/unused/index.html') ?? '')).not.toContain('password');
  });

  it('the studios are a chain by name, which leads through all of them and back', () => {
    const rel = (page: string, which: string) =>
      tokensOf(page).flatMap((token) =>
        token.kind === 'open' && token.attributes.get('rel') === which
          ? [token.attributes.get('href') ?? '']
          : [],
      )[0];
    const byHref = new Map(pages.map(([path, page]) => [hrefOf(path), page]));
    const studios = [...byHref.keys()].filter((href) => /^\/showcase\/studios\/./.test(href));
    const first = studios.filter((href) => rel(byHref.get(href) ?? '', 'prev') === undefined);
    expect(first).toHaveLength(1);
    const seen: string[] = [];
    for (let at = first[0]; at !== undefined; ) {
      const here = decodeURIComponent(at);
      seen.push(here);
      const next = rel(byHref.get(here) ?? '', 'next');
      if (next !== undefined) {
        expect(decodeURIComponent(rel(byHref.get(decodeURIComponent(next)) ?? '', 'prev') ?? '')).toBe(here);
      }
      at = next;
    }
    expect(seen.sort()).toEqual(studios.sort());
  });

  it('a logo is shown if the application has the file, and the page is whole without', () => {
    const owner = studio('nashville', { name: 'Nashville', logo: 'nash ville.jpg' });
    const index = { ...NOTHING, studios: [owner] };
    const page = (names: string[]) =>
      filesWith({ files: new Set(names) }, index).get('studios/nashville/index.html');
    expect(page(['nash ville.jpg'])).toContain('<img class="logo" src="/showcase/nash%20ville.jpg" alt="">');
    expect(page(['other.jpg'])).not.toContain('<img');
  });
});
