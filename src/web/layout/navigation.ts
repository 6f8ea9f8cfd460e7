import { type Html, html } from '../../html/html.ts';
import type { Frame } from '../route.ts';

interface Entry {
  readonly path: string;
  readonly words: string;
  readonly forAll?: true;
  /** The entry that it stands below. */
  readonly below?: string;
}

/** All places that the navigation knows. It shows those which this person may see, and which there are. */
const ENTRIES = {
  studios: { path: '/requests/', words: 'Your studios', forAll: true },
  administration: { path: '/admin/', words: 'Administration' },
  runs: { path: '/runs/', words: 'Runs' },
  deploys: { path: '/deploys/', words: 'Deploys' },
  password: { path: '/password/', words: 'Password', forAll: true },
  overview: { path: '/admin/', words: 'Overview', below: 'administration' },
  apply: { path: '/admin/apply', words: 'Pending changes', below: 'administration' },
  events: { path: '/admin/events/', words: 'Events', below: 'administration' },
  'all-studios': { path: '/admin/studios/', words: 'Studios', below: 'administration' },
  users: { path: '/admin/users/', words: 'Users', below: 'administration' },
  regions: { path: '/admin/regions/', words: 'Regions', below: 'administration' },
  history: { path: '/admin/history/', words: 'History', below: 'administration' },
  webhooks: { path: '/admin/webhooks/', words: 'Webhooks', below: 'administration' },
} as const satisfies Readonly<Record<string, Entry>>;

export type Section = keyof typeof ENTRIES;

const ALL: readonly (readonly [string, Entry])[] = Object.entries(ENTRIES);

export function renderNavigation(frame: Frame, section: Section | null): Html {
  if (frame.person === null) return html``;
  const here: Entry | null = section === null ? null : ENTRIES[section];
  const parent = here?.below ?? (section === 'administration' ? section : null);
  const main = listOf(frame, null, parent ?? section);
  const below = parent === null ? null : listOf(frame, parent, section === parent ? 'overview' : section);
  return html`<nav aria-label="Main">${main}</nav>${below !== null && html`<nav class="below" aria-label="Administration">${below}</nav>`}`;
}

function listOf({ link, person, hasPage }: Frame, parent: string | null, current: string | null): Html {
  const shown = ALL.filter(
    ([, { path, forAll, below }]) =>
      (below ?? null) === parent && hasPage(path) && (forAll || person?.rights.isAdministrator),
  );
  const items = shown.map(
    ([name, { path, words }]) =>
      html`<li><a href="${link(path)}"${name === current && html` aria-current="page"`}>${words}</a></li>`,
  );
  return html`<ul>${items}</ul>`;
}
