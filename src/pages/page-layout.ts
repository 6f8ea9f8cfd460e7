import { type Html, html } from '../html/html.ts';
import type { Links } from './links.ts';
import { STYLE } from './style.ts';
import { ENGLISH, type Wording } from './wording.ts';

/** The site's name, the same in every language. */
export const SITE = 'Showcases';

export interface Layout {
  readonly links: Links;
  /** Plain text: of the window, not of the page. Null for the site's own name alone. */
  readonly title: string | null;
  /** Which of the links at the top leads here. */
  readonly section?: 'home' | 'studios' | 'regions';
  readonly wording?: Wording;
  readonly main: Html;
}

/** A whole page. Free text stands in elements that keep its direction to themselves. */
export function renderLayout({ links, title, section, wording = ENGLISH, main }: Layout): string {
  const { lang, labels } = wording;
  const entry = (name: 'home' | 'studios' | 'regions') =>
    html`<li><a href="${links[name]}"${section === name && html` aria-current="page"`}>${labels[name]}</a></li>`;
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === null ? SITE : `${title} – ${SITE}`}</title>
<link rel="stylesheet" href="${links.asset(STYLE)}">
</head>
<body>
<header>
<a class="skip" href="#main">${labels.skip}</a>
<nav><ul>
${entry('home')}
${entry('studios')}
${entry('regions')}
</ul></nav>
</header>
<main id="main">
${main}
</main>
</body>
</html>
`.toString();
}
