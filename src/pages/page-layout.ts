import { type Html, html } from '../html/html.ts';
import { type About, SITE, type Step } from './about-page.ts';
import type { Asset } from './assets.ts';
import { addressIn, renderHead } from './head.ts';
import type { Labels } from './labels.ts';
import { isolated } from './language.ts';
import { renderHints } from './newcomer-hints.ts';
import type { SiteView } from './view.ts';
import { ENGLISH, filled, type Wording } from './wording.ts';

export interface Layout {
  readonly view: SiteView;
  readonly about: About;
  /** Which of the links at the top leads here. */
  readonly section?: 'home' | 'studios' | 'regions';
  readonly wording?: Wording;
  readonly picture?: Asset | undefined;
  readonly main: Html;
}

/** Where the platform's source is, and where its problems are reported. */
const SOURCE = 'https://github.com/rubys/showcase';

/** A whole page. Free text stands in elements that keep its direction to themselves. */
export function renderLayout({ view, about, section, wording = ENGLISH, picture, main }: Layout): string {
  const { lang, labels } = wording;
  const isEntry = about.trail.length === 0;
  return html`<!doctype html>
<html lang="${lang}">
${renderHead({ view, about, picture })}
<body>
<header>
<a class="skip" href="#main">${labels.skip}</a>
${renderSections(view, about, labels, section)}
${renderTrail(about, labels)}${about.hasHints && renderHints(view)}</header>
<main id="main">
${renderCopy(view, about, labels)}${renderLogo(view, about)}${main}
</main>
<footer>
${renderAround(about, labels)}${isEntry && renderFoot(view, labels)}</footer>
</body>
</html>
`.toString();
}

/** No visitor is led into a login without a word: home is linked where it, or this page, asks for none, or both do. */
function renderSections(view: SiteView, about: About, labels: Labels, section: Layout['section']): Html {
  const { links } = view;
  const entry = (name: 'home' | 'studios' | 'regions') =>
    html`<li><a href="${links[name]}"${section === name && html` aria-current="page"`}>${labels[name]}</a></li>
`;
  return html`<nav aria-label="${SITE}"><ul>
${canFollow(view, about, links.home) && entry('home')}${entry('studios')}${entry('regions')}</ul></nav>`;
}

/** Whether a link from a page to another asks visitors of the first for no more than they have given. */
export function canFollow({ site }: SiteView, { href }: About, to: string): boolean {
  return site.isPublic(to) || (href !== null && !site.isPublic(href));
}

/** Above lists of events, which ask for a login. */
export function renderPasswords({ labels }: Wording): Html {
  return html`<p class="lock">${labels.site.passwords}</p>`;
}

function renderCopy(view: SiteView, { href }: About, labels: Labels): Html | null {
  const there = view.site.isCopy ? addressIn(view, href ?? view.links.studios) : null;
  if (there === null) return null;
  return html`<p class="copy">${filled(labels.site.copy, html`<a href="${there}">${there}</a>`)}</p>
`;
}

function renderTrail({ trail, name }: About, labels: Labels): Html | null {
  const up = trail.at(-1);
  if (!up) return null;
  return html`<nav class="trail" aria-label="${labels.site.trail}"><ol>
${trail.map(
  (step) => html`<li><a${step === up && html` rel="up"`} href="${step.href}">${isolated(step.name)}</a></li>
`,
)}<li aria-current="page">${isolated(name)}</li>
</ol></nav>
`;
}

/** The application's file, if it is there. It only adorns: the name is in the heading. */
function renderLogo({ links, site }: SiteView, { logo }: About): Html | null {
  if (!logo || !site.files.has(logo)) return null;
  return html`<img class="logo" src="${links.file(logo)}" alt="">
`;
}

function renderAround({ previous, next }: About, { site }: Labels): Html | null {
  if (!previous && !next) return null;
  const link = (step: Step | undefined, rel: 'prev' | 'next', label: string) =>
    step &&
    html`<a rel="${rel}" href="${step.href}"><span class="quiet">${label}</span> ${isolated(step.name)}</a>
`;
  return html`<nav class="around" aria-label="${site.around}">
${link(previous, 'prev', site.previous)}${link(next, 'next', site.next)}</nav>
`;
}

/** On the pages that visitors see first, and not on each of hundreds. */
function renderFoot({ links, site }: SiteView, { site: labels }: Labels): Html {
  const entry = (to: string, text: string) => html`<li><a href="${to}">${text}</a></li>
`;
  return html`<ul>
${site.hasPlatform && html`${entry(links.docs, labels.docs)}${entry(links.demo, labels.demo)}`}${entry(`${SOURCE}#readme`, labels.code)}${entry(`${SOURCE}/issues`, labels.issues)}${site.hasWeb && entry(links.admin, labels.admin)}</ul>
`;
}
