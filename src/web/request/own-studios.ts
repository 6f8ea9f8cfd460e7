import { type Html, html } from '../../html/html.ts';
import type { Change } from '../../runs/run-model.ts';
import { linkButton, table, time } from '../layout/pieces.ts';
import { changeBadge } from '../layout/run-words.ts';
import type { Page } from '../layout/web-layout.ts';
import type { StudioName } from '../person.ts';
import { pageOrJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { changeFor } from '../run/event-audience.ts';

/** The last ones; an administrator's history has all. */
const MOST_SHOWN = 20;
/** An administrator may act for all studios, which is a page of its own. */
const MOST_STUDIOS = 200;

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/requests/',
    who: 'user',
    answer: (call, { runs }) => {
      const { userid, rights } = personOf(call);
      const { rows } = runs.changes({ by: userid, limit: MOST_SHOWN });
      return pageOrJson(call, {
        json: () => ({
          studios: rights.studios,
          changes: rows.map((change) => changeFor(change, rights.isAdministrator)),
        }),
        page: () => render(call, rights.studios, rows),
      });
    },
  },
];

function personOf({ person }: Call) {
  if (person === null) throw new Error('this page is for people who have logged in');
  return person;
}

function render(call: Call, studios: readonly StudioName[], changes: readonly Change[]): Page {
  return {
    title: 'Your studios',
    section: 'studios',
    main: html`<h1>Your studios</h1>
${studios.length === 0 ? NO_STUDIO : listOf(call, studios)}
<h2>What you asked for</h2>
${changes.length === 0 ? html`<p class="quiet">Nothing yet. What you ask for is listed here, with what became of it.</p>` : changesTable(call, changes)}`,
  };
}

const NO_STUDIO = html`<p class="lead">No studio is yours.</p>
<p>An administrator can make you the owner of a studio. Then you can ask for its events here.</p>`;

function listOf(call: Call, studios: readonly StudioName[]): Html {
  const cards = studios.slice(0, MOST_STUDIOS).map(
    ({ key, name }) => html`<li class="card"><h2>${name}</h2>
${linkButton(call.link(`/studios/${encodeURIComponent(key)}/request`), html`Request an event<span class="hidden"> for ${name}</span>`)}</li>
`,
  );
  return html`<p class="lead">Ask for an event, and watch it come live.</p>
<ul class="cards">${cards}</ul>`;
}

function changesTable(call: Call, changes: readonly Change[]): Html {
  return table<Change>(
    'Newest first',
    [
      {
        heading: 'What',
        cell: ({ id, subject }) => html`<a href="${call.link(`/requests/${id}`)}">${subject}</a>`,
      },
      { heading: 'How it stands', cell: ({ state }) => changeBadge(state) },
      { heading: 'When', cell: ({ at }) => time(at) },
    ],
    changes,
  );
}
