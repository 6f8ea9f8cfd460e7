import { type Html, html } from '../../html/html.ts';
import type { Frame } from '../route.ts';
import { CLIENT, STYLE } from '../web-assets.ts';
import { renderNavigation, type Section } from './navigation.ts';

export interface Page {
  /** Plain text, of the window; `main` has the heading. */
  readonly title: string;
  /** Where the navigation says that we are; null for nowhere. */
  readonly section: Section | null;
  readonly main: Html;
  readonly status?: number;
  /** What was just done. Null for what the page before had to say, if anything. */
  readonly notice?: string | null;
  /** For pages that change by themselves: without script they are loaded again after so many seconds. */
  readonly reloadSeconds?: number;
}

/** A whole page. Where there is no script, everything works; with it, times are local and progress is live. */
export function renderPage(
  frame: Frame,
  { title, section, main, notice = null, reloadSeconds }: Page,
): string {
  const { link, person } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${`${title} – Showcases`}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${link(STYLE.path)}">
<script src="${link(CLIENT.path)}" defer></script>
${reloadSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${reloadSeconds}"></noscript>`}
</head>
<body>
<header>
<a class="skip" href="#main">Skip to the content</a>
<div class="bar">
<p class="brand">Showcases</p>
${renderNavigation(frame, section)}
${person !== null && html`<p class="who"><span class="hidden">Logged in as </span>${person.userid}</p>`}
</div>
</header>
<main id="main" tabindex="-1">
${notice !== null && html`<p class="notice" role="status">${notice}</p>`}
${main}
</main>
</body>
</html>
`.toString();
}
