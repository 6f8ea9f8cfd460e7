import { type Html, html } from '../html/html.ts';
import { renderJson } from '../html/json-script.ts';
import type { About } from './about-page.ts';
import type { Asset } from './assets.ts';
import { ICON, TOUCH_ICON } from './icons.ts';
import { describeEvents } from './structured-data.ts';
import { STYLE } from './style.ts';
import type { SiteView } from './view.ts';
import { VISIT_SCRIPT } from './visit-script.ts';

export interface Head {
  readonly view: SiteView;
  readonly about: About;
  /** What stands for the page where a link to it is shown. */
  readonly picture?: Asset | undefined;
}

/**
 * Everything within `head`. Addresses with a host are only in pages that visitors can see at one: it is known, and asks for
 * no login. Without a picture, title and description are all that is shown where a link to the page stands.
 */
export function renderHead({ view, about, picture }: Head): Html {
  const { links, site } = view;
  const { href, title, description, events = [] } = about;
  const isShown = href !== null && site.isPublic(href);
  const addressOf = (path: string) => (isShown ? addressIn(view, path) : null);
  const canonical = href === null ? null : addressOf(href);
  const image = picture && addressOf(links.asset(picture));
  const described = describeEvents(view, events, addressOf);
  return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<meta name="description" content="${description}">
${
  href === null &&
  html`<meta name="robots" content="noindex">
`
}${
  canonical &&
  html`<link rel="canonical" href="${canonical}">
`
}${
  image &&
  html`<meta property="og:title" content="${title}">
<meta property="og:image" content="${image}">
<meta name="twitter:card" content="summary_large_image">
`
}<link rel="icon" href="${links.asset(ICON)}">
${
  about.trail.length === 0 &&
  html`<link rel="apple-touch-icon" href="${links.asset(TOUCH_ICON)}">
`
}<link rel="stylesheet" href="${links.asset(STYLE)}">
<script defer src="${links.asset(VISIT_SCRIPT)}"></script>
${
  described &&
  html`${renderJson('application/ld+json', described)}
`
}</head>`;
}

/** A path from the host's top as visitors shall see it; null where no address is known. */
export function addressIn({ site }: SiteView, href: string): string | null {
  return site.address === null ? null : `${site.address}${href.slice(site.root.length)}`;
}
