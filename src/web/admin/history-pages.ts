import { type Html, html, type Part } from '../../html/html.ts';
import { NO_STORE } from '../../http/headers.ts';
import type { Change, Run } from '../../runs/run-model.ts';
import {
  filterField,
  filterForm,
  pageLinks,
  pageNumber,
  searchField,
  withQuery,
} from '../layout/list-parts.ts';
import { table, time } from '../layout/pieces.ts';
import { changeBadge, runBadge } from '../layout/run-words.ts';
import { pageOrJson, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { columnWords, wordsOfChange } from './change-words.ts';
import { csvOf } from './csv.ts';
import * as asked from './history-query.ts';

const PAGE_SIZE = 50;
const CHANGES = '/admin/history/';
const RUNS = '/admin/history/runs/';
const who = 'administrator';

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: CHANGES, who, answer: listChanges },
  { method: 'GET', path: RUNS, who, answer: listRuns },
  {
    method: 'GET',
    path: '/admin/history/changes.csv',
    who,
    answer: ({ query }, { runs }) => {
      const { rows } = runs.changes({ ...asked.changeFilter(query), ...everything });
      const cells = rows.map((change) => asked.changeCells(change, columnWords(change)));
      return sendCsv([asked.CHANGE_HEADINGS, ...cells], 'changes');
    },
  },
  {
    method: 'GET',
    path: '/admin/history/runs.csv',
    who,
    answer: ({ query }, { runs }) => {
      const { rows } = runs.runs({ ...asked.runFilter(query), ...everything });
      return sendCsv([asked.RUN_HEADINGS, ...rows.map(asked.runCells)], 'runs');
    },
  },
  {
    method: 'GET',
    path: '/admin/history/all-changes',
    who,
    answer: ({ query }, { runs }) => sendJson(runs.changes({ ...asked.changeFilter(query), ...everything })),
  },
  {
    method: 'GET',
    path: '/admin/history/all-runs',
    who,
    answer: ({ query }, { runs }) => sendJson(runs.runs({ ...asked.runFilter(query), ...everything })),
  },
];

/** All of a list that an export may have: newest first. */
const everything = { limit: asked.MOST_EXPORTED };

function sendCsv(rows: readonly (readonly (string | number | null)[])[], name: string): Response {
  return new Response(csvOf(rows), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}.csv"`,
      ...NO_STORE,
    },
  });
}

function listChanges(call: Call, { runs }: WebContext): Response {
  const { query } = call;
  const page = pageNumber(query);
  const found = runs.changes({ ...asked.changeFilter(query), page, limit: PAGE_SIZE });
  const columns = [
    {
      heading: 'What',
      cell: (change: Change) =>
        html`<a href="${call.link(`${CHANGES}${change.id}`)}">${change.by} ${wordsOfChange(change)}</a>`,
    },
    { heading: 'When', cell: ({ at }: Change) => time(at) },
    {
      heading: 'Changed',
      cell: (change: Change) => html`<span class="quiet">${shortened(columnWords(change))}</span>`,
    },
    { heading: 'How it stands', cell: ({ state, action }: Change) => changeBadge(state, action) },
  ];
  return respond(call, {
    title: 'History',
    path: CHANGES,
    file: 'changes',
    filters: ['text', 'kind', 'state', 'by', 'since', 'until'],
    fields: [
      searchField(query, 'text', 'What'),
      filterField(query, 'kind', 'Kind', [['', 'All kinds'], ...asked.KINDS]),
      filterField(query, 'state', 'How it stands', [['', 'All'], ...asked.CHANGE_STATES]),
      searchField(query, 'by', 'Who'),
      searchField(query, 'since', 'From (UTC)', 'date'),
      searchField(query, 'until', 'To (UTC)', 'date'),
    ],
    found: { ...found, page },
    table: table<Change>('Newest first', columns, found.rows),
  });
}

function listRuns(call: Call, { runs }: WebContext): Response {
  const { query } = call;
  const page = pageNumber(query);
  const found = runs.runs({ ...asked.runFilter(query), page, limit: PAGE_SIZE });
  const columns = [
    {
      heading: 'Run',
      cell: ({ id, madeAt }: Run) => html`<a href="${call.link(`/runs/${id}`)}">${time(madeAt)}</a>`,
    },
    { heading: 'How it went', cell: ({ state }: Run) => runBadge(state) },
    { heading: 'By', cell: ({ by }: Run) => by },
    { heading: 'Why', cell: ({ trigger }: Run) => trigger },
    { heading: 'Target', cell: ({ target }: Run) => target },
    { heading: 'Attempt', isNumber: true as const, cell: ({ attempt }: Run) => attempt },
    { heading: 'Problem', cell: ({ error }: Run) => error?.message },
  ];
  return respond(call, {
    title: 'History of runs',
    path: RUNS,
    file: 'runs',
    filters: ['state', 'target'],
    fields: [
      filterField(query, 'state', 'How it went', [['', 'All'], ...asked.RUN_STATES]),
      filterField(query, 'target', 'Target', [
        ['', 'All'],
        ['fly', 'fly'],
        ['kamal', 'kamal'],
        ['fly,kamal', 'fly and kamal'],
      ]),
    ],
    found: { ...found, page },
    table: table<Run>('Newest first', columns, found.rows),
  });
}

interface Listed {
  readonly title: string;
  readonly path: string;
  /** Name of the export, without its ending. */
  readonly file: string;
  readonly filters: readonly string[];
  readonly fields: Part;
  readonly found: { readonly rows: readonly unknown[]; readonly total: number; readonly page: number };
  readonly table: Html;
}

function respond(call: Call, listed: Listed): Response {
  const { title, path, file, filters, fields, found } = listed;
  const query = Object.fromEntries(filters.map((name) => [name, call.query.get(name)]));
  const pages = Math.max(1, Math.ceil(found.total / PAGE_SIZE));
  const tab = (to: string, words: string): Html =>
    html`<li><a href="${call.link(to)}"${to === path && html` aria-current="page"`}>${words}</a></li>`;
  return pageOrJson(call, {
    json: () => ({ ...found, pages }),
    page: () => ({
      title,
      section: 'history',
      main: html`<h1>${title}</h1>
<nav aria-label="History"><ul>${tab(CHANGES, 'Changes')}${tab(RUNS, 'Runs')}</ul></nav>
${filterForm(call, path, fields)}
${found.rows.length === 0 ? html`<p class="lead">Nothing is like this.</p>` : listed.table}
${pageLinks(call, { ...found, pages }, (page) => withQuery(path, { ...query, page: page === 1 ? null : page }))}
<p>Take it along: <a href="${call.link(withQuery(`/admin/history/${file}.csv`, query))}" download>CSV</a>, <a href="${call.link(withQuery(`/admin/history/all-${file}.json`, query))}" download>JSON</a>. ${asked.leftOut(found.total)}</p>`,
    }),
  });
}

const LONGEST = 160;

function shortened(words: string): string {
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}...` : words;
}
