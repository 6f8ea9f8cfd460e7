import { HtmlValidate, type RuleConfig } from 'html-validate';
import { beforeAll, describe, expect, it } from 'vitest';
import { publicPaths } from '../../../src/app/ready/pages-around.ts';
import type { Index } from '../../../src/index/index-model.ts';
import type { Page } from '../../../src/pages/page.ts';
import { plainOptions } from '../../../src/pages/pages-options.ts';
import { planPages } from '../../../src/pages/plan-pages.ts';
import { siteOf } from '../machine/site.ts';
import { linksOf } from './rendered.ts';

const ROOT = '/showcase';
const ADDRESS = `https://dance.example${ROOT}`;

/** What is no fault here: a doctype in small letters, a title as long as the names in it, an id that begins with a year. */
const RULES: RuleConfig = {
  'doctype-style': 'off',
  'long-title': 'off',
  'valid-id': ['error', { relaxed: true }],
};

/** What must hold for all files of a site, as a machine on Fly renders them, with everything that can be set. */
export function describeSite(name: string, indexOf: () => Index): void {
  let files: Map<string, string>;
  let bytes: Map<string, number>;
  let isPublic: (path: string) => boolean;

  beforeAll(async () => {
    const index = indexOf();
    isPublic = await publicPaths(index, siteOf('fly-iad'));
    const around = { hasWeb: true, hasPlatform: true, address: ADDRESS, isPublic };
    const pages = planPages(index, { ...plainOptions(ROOT), ...around });
    const rendered = pages.map((page: Page): [string, string | Buffer] => [page.path, page.render()]);
    files = new Map(rendered.map(([path, content]) => [path, content.toString()]));
    bytes = new Map(rendered.map(([path, content]) => [path, Buffer.byteLength(content)]));
  });

  const pages = () => [...files].filter(([path]) => path.endsWith('.html'));
  const hrefOf = (path: string) => encodeURI(`${ROOT}/${path.replace(/index\.html$/, '')}`);

  describe(`the site of the ${name} index`, () => {
    it('is valid HTML on every page', async () => {
      const validator = new HtmlValidate({ extends: ['html-validate:recommended'], rules: RULES });
      const found = new Map<string, string>();
      for (const [path, text] of pages()) {
        const { results } = await validator.validateString(text);
        for (const { ruleId, message, line } of results.flatMap(({ messages }) => messages))
          found.set(ruleId, `${path}:${line}: ${message}`);
      }
      expect([...found]).toEqual([]);
      expect(pages().length).toBeGreaterThan(20);
    });

    it('describes events by what their search engines ask for', () => {
      const day = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/);
      const named = { '@id': expect.stringMatching(/^#/), name: expect.stringMatching(/./) };
      let count = 0;
      for (const [path, text] of pages()) {
        const [, json] = /<script type="application\/ld\+json">(.*)<\/script>/.exec(text) ?? [];
        if (json === undefined) continue;
        const { '@context': context, '@graph': graph } = JSON.parse(json) as {
          '@context': string;
          '@graph': { '@id'?: string; startDate: string; endDate?: string }[];
        };
        const [studio, ...events] = graph;
        expect([path, context, studio]).toEqual([
          path,
          'https://schema.org',
          expect.objectContaining({ '@type': 'LocalBusiness', ...named }),
        ]);
        for (const event of events) {
          count += 1;
          expect([path, event]).toEqual([
            path,
            {
              '@type': 'DanceEvent',
              name: expect.stringMatching(/./),
              startDate: day,
              ...(event.endDate === undefined ? {} : { endDate: day }),
              url: expect.stringMatching(/^https:\/\/dance\.example\/showcase\/\d{4}\/./),
              location: { '@id': studio?.['@id'] },
              organizer: { '@id': studio?.['@id'] },
            },
          ]);
          expect(event.endDate === undefined || event.startDate < event.endDate).toBe(true);
        }
      }
      expect(count).toBeGreaterThan(1);
    });

    it('has one address for each page that asks for no login, and for no other', () => {
      const canonical = (text: string) => /<link rel="canonical" href="([^"]*)">/.exec(text)?.[1];
      const addressed = pages().flatMap(([path, text]) =>
        canonical(text) === undefined ? [] : [hrefOf(path)],
      );
      const open = pages()
        .map(([path]) => hrefOf(path))
        .filter(isPublic);
      expect(addressed.filter((href) => !href.endsWith('404.html'))).toEqual(open);
      const addresses = pages().flatMap(([, text]) => canonical(text) ?? []);
      expect(new Set(addresses).size).toBe(addresses.length);
    });

    it('has a sitemap of pages that are there and that ask for no login', () => {
      const known = new Set(pages().map(([path]) => hrefOf(path)));
      const listed = [...(files.get('studios/sitemap.xml') ?? '').matchAll(/<loc>(.*?)<\/loc>/g)].map(
        ([, address = '']) => address.replace('https://dance.example', '').replaceAll('&#39;', "'"),
      );
      const plain = (href: string) => decodeURIComponent(href);
      const names = new Set([...known].map(plain));
      expect(listed.filter((href) => !names.has(plain(href)) || !isPublic(href))).toEqual([]);
      expect(listed.length).toBeGreaterThan(8);
    });

    it('leads nobody from a page that asks for no login to home or a year, which ask for one', () => {
      const led = pages()
        .filter(([path]) => isPublic(hrefOf(path)))
        .filter(([, text]) => linksOf(text).some((href) => /^\/showcase\/(?:\d{4}\/)?$/.test(href)));
      expect(led.map(([path]) => path).filter((path) => !path.startsWith('regions/'))).toEqual([]);
    });

    it('is light: less than 1 MB in all, and less than 10 kB for each studio’s page', () => {
      const sizeOf = (key: string) => bytes.get(`studios/${key}/index.html`) ?? Number.NaN;
      const keys = indexOf().studios.map(({ key }) => key);
      expect(keys.filter((key) => !(sizeOf(key) < 10_000))).toEqual([]);
      expect([...bytes.values()].reduce((sum, size) => sum + size)).toBeLessThan(1_000_000);
    });

    it('has a file for everything that its pages load', () => {
      const loaded = new Set(
        pages().flatMap(([, text]) =>
          [...text.matchAll(/"\/showcase\/(assets\/[^"#]+)/g)].map(([, path = '']) => path),
        ),
      );
      expect([...loaded].filter((path) => !files.has(path))).toEqual([]);
      expect(loaded.size).toBeGreaterThan(1);
    });
  });
}
