import { html, markup } from '../html/html.ts';
import { addressIn } from './head.ts';
import type { Page } from './page.ts';
import type { SiteView } from './view.ts';

/** Where Navigator serves it without a login, in the only directory that the platform's own robots.txt opens. */
export const SITEMAP = 'studios/sitemap.xml';

/** A sitemap may name nothing above its own directory. */
const IN = 'studios/';

const DECLARATION = markup('<?xml version="1.0" encoding="UTF-8"?>\n');

/**
 * The addresses of the pages of studios that are answered without a login, for search engines (sitemaps.org). When a page last
 * changed is not known, so nothing is said of it.
 */
export function renderSitemap(view: SiteView, pages: readonly Page[]): string {
  const { home } = view.links;
  const addresses = pages.flatMap(({ path }) => {
    if (!path.startsWith(IN)) return [];
    const href = `${home}${path.slice(0, -'index.html'.length).split('/').map(encodeURIComponent).join('/')}`;
    const address = view.site.isPublic(href) ? addressIn(view, href) : null;
    return address ?? [];
  });
  return html`${DECLARATION}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${addresses.map(
  (address) => html`<url><loc>${address}</loc></url>
`,
)}</urlset>
`.toString();
}

/** For a host whose application has none: what asks for a login is of no use to a search engine. */
export function renderRobots(view: SiteView): string {
  const { home, studios, docs } = view.links;
  const sitemap = addressIn(view, `${home}${SITEMAP}`);
  return `User-agent: *
Allow: ${studios}
Allow: ${docs}
Allow: ${home}assets/
Disallow: /
${sitemap === null ? '' : `\nSitemap: ${sitemap}\n`}`;
}
