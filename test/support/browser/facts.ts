import type { Page } from 'playwright-core';
import { plain } from './sites.ts';

/** What a loaded page says of itself. */
export interface PageFacts {
  readonly title: string;
  readonly lang: string;
  readonly charset: string;
  /** Whether the browser reads it as old markup, for want of a doctype. */
  readonly quirks: boolean;
  readonly headings: readonly string[];
  /** Ids that stand more than once. */
  readonly doubleIds: readonly string[];
  /** Those that run, as markup: all but data for programs. */
  readonly scripts: readonly string[];
  /** Elements that run, show or lead to something else, as markup. */
  readonly foreign: readonly string[];
  /** Attributes that run something, or take the focus. */
  readonly handlers: readonly string[];
  readonly sheets: number;
  readonly maps: number;
  /** What the page’s links lead to, as the browser resolves them, without its fragment, once each, as `plain` has it. */
  readonly links: readonly string[];
  /** Fragments of links within the page that lead nowhere. */
  readonly lostFragments: readonly string[];
  /** How far the page is wider than the window, in CSS pixels. */
  readonly overflow: number;
  /** Set by a script that a name smuggled in. */
  readonly injected: unknown;
}

export async function factsOf(page: Page): Promise<PageFacts> {
  const facts = await page.evaluate(() => {
    const all = (selector: string) => [...document.querySelectorAll(selector)];
    const ids = all('[id]').map((element) => element.id);
    const anchors = all('a[href]').map((element) => {
      const own = element instanceof SVGAElement ? element.href.baseVal : element.getAttribute('href');
      return new URL(own ?? '', document.baseURI);
    });
    const here = location.href.replace(/#.*/, '');
    const within = anchors.filter(({ href, hash }) => hash !== '' && href.replace(/#.*/, '') === here);
    return {
      title: document.title,
      lang: document.documentElement.lang,
      charset: document.characterSet,
      quirks: document.compatMode !== 'CSS1Compat',
      headings: all('h1').map((heading) => heading.textContent ?? ''),
      doubleIds: ids.filter((id, at) => ids.indexOf(id) !== at),
      scripts: all('script:not([type="application/ld+json"])').map((script) => script.outerHTML),
      foreign: all('iframe, img, base, object, embed, form, [http-equiv=refresh]').map(
        (element) => element.outerHTML,
      ),
      handlers: all('*')
        .flatMap((element) => [...element.attributes])
        .filter(
          ({ name, value }) =>
            /^on|^autofocus$|^srcdoc$/.test(name) || (/href|src|action/.test(name) && /script:/i.test(value)),
        )
        .map(({ name, value }) => `${name}=${value}`),
      sheets: document.styleSheets.length,
      maps: all('.map').length,
      links: [...new Set(anchors.map(({ href }) => href.replace(/#.*/, '')))],
      lostFragments: within.map(({ hash }) => hash.slice(1)).filter((id) => !document.getElementById(id)),
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      injected: (window as unknown as Record<string, unknown>)['injected'],
    };
  });
  return { ...facts, links: facts.links.map(plain) };
}
