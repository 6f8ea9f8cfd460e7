import { type Html, html } from '../html/html.ts';
import { renderJson } from '../html/json-script.ts';
import { COLOURS_OF_PAPER } from '../html/look.ts';
import { type About, SITE } from './about-page.ts';
import type { Asset } from './assets.ts';
import { ICON, TOUCH_ICON } from './icons.ts';
import { describeEvents } from './structured-data.ts';
import { STYLE } from './style.ts';
import type { SiteView } from './view.ts';
import { VISIT_SCRIPT } from './visit-script.ts';

export interface Head {
  readonly view: SiteView;
  readonly about: About;
  /** BCP 47 tag of the language that the page is in. */
  readonly lang: string;
  /** What stands for the page where a link to it is shown. */
  readonly picture?: Asset | undefined;
}

/**
 * Everything within `head`. Addresses with a host are only in pages that visitors can see at one: it is known, and asks for
 * no login.
 */
export function renderHead({ view, about, lang, picture }: Head): Html {
  const { links, site } = view;
  const { href, title, description, events = [] } = about;
  const isShown = href !== null && site.isPublic(href);
  const addressOf = (path: string) => (isShown ? addressIn(view, path) : null);
  const canonical = href === null ? null : addressOf(href);
  const image = picture && addressOf(links.asset(picture));
  const described = describeEvents(view, events, addressOf);
  const locale = lang === 'en' ? 'en_US' : lang.includes('-') && lang.replaceAll('-', '_');
  return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
${
  href === null &&
  html`<meta name="robots" content="noindex">
`
}${
  canonical &&
  html`<link rel="canonical" href="${canonical}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${SITE}">
<meta property="og:title" content="${title}">
<meta property="og:url" content="${canonical}">
`
}${
  canonical &&
  locale &&
  html`<meta property="og:locale" content="${locale}">
`
}${
  image &&
  html`<meta property="og:image" content="${image}">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">
`
}<meta name="theme-color" content="${COLOURS_OF_PAPER.light}" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="${COLOURS_OF_PAPER.dark}" media="(prefers-color-scheme: dark)">
<link rel="icon" type="image/svg+xml" href="${links.asset(ICON)}">
<link rel="apple-touch-icon" href="${links.asset(TOUCH_ICON)}">
<link rel="stylesheet" href="${links.asset(STYLE)}">
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
