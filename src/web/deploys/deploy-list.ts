import { type Html, html } from '../../html/html.ts';
import type { ReceivedFilter, ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import { DEPLOY_STANDINGS, deployStanding } from '../../runs/deploys/deploy-standing.ts';
import { counted } from '../../text.ts';
import {
  filterField,
  filterForm,
  pageLinks,
  pageNumber,
  searchField,
  withQuery,
} from '../layout/list-parts.ts';
import { ago, badge, type Column, table } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import { pageOrJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { outward } from './deploy-page.ts';
import {
  ciWords,
  DEPLOY_WORDS,
  deployDuration,
  isUnderWay,
  machinesWords,
  operationWords,
  shortCommit,
  shortEtag,
} from './deploy-words.ts';
import { pathOfRun } from './find-deploy.ts';

const PATH = '/deploys/';
const PAGE_SIZE = 50;
/** Seconds between two looks of a page at the list: while something is under way, and else. */
const LOOK_SECONDS = { busy: 2, idle: 15 } as const;
const FILTERS = ['status', 'branch', 'operation', 'project', 'text'] as const;
const OPERATIONS = [
  ['deploy', 'Deploy'],
  ['delete', 'Undo'],
] as const;

export const ROUTES: readonly Route[] = [{ method: 'GET', path: PATH, who: 'administrator', answer: list }];

function list(call: Call, { deploys, now }: WebContext): Response {
  const page = pageNumber(call.query);
  const { rows, total } = deploys.list({ ...readFilter(call.query), page, limit: PAGE_SIZE });
  return pageOrJson(call, {
    json: () => ({
      deploys: rows.map((run) => ({ ...run, standing: deployStanding(run, now()) })),
      total,
      page,
    }),
    page: () =>
      render(call, {
        ...{ rows, total, page, now: now() },
        branches: deploys.branches(),
        projects: deploys.projects.all().map(({ name }) => name),
      }),
  });
}

/** What the address asks for; what is no such thing is left out. */
function readFilter(query: URLSearchParams): ReceivedFilter {
  const [project, branch, text] = ['project', 'branch', 'text'].map((name) => query.get(name)?.trim() ?? '');
  const standing = DEPLOY_STANDINGS.find((one) => one === query.get('status'));
  const operation = OPERATIONS.map(([name]) => name).find((one) => one === query.get('operation'));
  return {
    ...(standing ? { standing } : {}),
    ...(operation ? { operation } : {}),
    ...(project ? { project } : {}),
    ...(branch ? { branch } : {}),
    ...(text ? { text } : {}),
  };
}

interface Found {
  readonly rows: readonly ReceivedRun[];
  readonly total: number;
  readonly page: number;
  readonly now: number;
  readonly branches: readonly string[];
  readonly projects: readonly string[];
}

function render(call: Call, { rows, total, page, now, branches, projects }: Found): Page {
  const { query } = call;
  const kept = Object.fromEntries(FILTERS.map((name) => [name, query.get(name)]));
  const isFiltered = FILTERS.some((name) => (query.get(name) ?? '') !== '');
  const isBusy = rows.some((run) => isUnderWay(run) && deployStanding(run, now) !== 'gone');
  const seconds = isBusy ? LOOK_SECONDS.busy : LOOK_SECONDS.idle;
  const named = (names: readonly string[]) => names.map((name) => [name, name] as const);
  return {
    title: 'Deploys',
    section: 'deploys',
    main: html`<h1>Deploys</h1>
<p class="lead">Runs elsewhere that report to this server, newest first.</p>
${filterForm(
  call,
  PATH,
  searchField(query, 'text', 'Search'),
  filterField(query, 'status', 'Status', [
    ['', 'All'],
    ...DEPLOY_STANDINGS.map((one) => [one, DEPLOY_WORDS[one][1]] as const),
  ]),
  filterField(query, 'branch', 'Branch', [['', 'All'], ...named(branches)]),
  filterField(query, 'operation', 'Operation', [['', 'All'], ...OPERATIONS]),
  projects.length > 1 && filterField(query, 'project', 'Project', [['', 'All'], ...named(projects)]),
)}
<div id="deploys" data-refresh-part data-refreshing="${seconds}" data-count="${total}">
${rows.length === 0 ? empty(isFiltered) : table(counted(total, 'run'), columns(call, { now, isSeveral: projects.length > 1 }), rows)}
${pageLinks(call, { total, page, pages: Math.max(1, Math.ceil(total / PAGE_SIZE)) }, (other) => withQuery(PATH, { ...kept, page: other }))}
</div>`,
  };
}

function empty(isFiltered: boolean): Html {
  if (isFiltered) return html`<p class="quiet">There is no such deploy.</p>`;
  return html`<p class="quiet">Nothing has reported yet. A run of config-update does as soon as its <code>deploy.enc</code> has a <code>callback_url</code> of this server.</p>`;
}

function columns(
  call: Call,
  { now, isSeveral }: { readonly now: number; readonly isSeveral: boolean },
): Column<ReceivedRun>[] {
  return [
    {
      heading: 'Deploy',
      cell: (run) =>
        html`<a href="${call.link(pathOfRun(run))}">${operationWords(run)} ${run.deploy}</a> <span class="quiet">${aboutOf(run, isSeveral)}</span>`,
    },
    { heading: 'Status', cell: (run) => badge(...DEPLOY_WORDS[deployStanding(run, now)]) },
    {
      heading: 'Commit',
      cell: ({ gitRef, gitSha, commitUrl }) =>
        gitRef === null && gitSha === null
          ? ''
          : html`${gitRef} ${gitSha !== null && outward(commitUrl, html`<code title="${gitSha}">${shortCommit(gitSha)}</code>`)}`,
    },
    { heading: 'Machines', cell: machinesWords, isNumber: true },
    {
      heading: 'Index',
      cell: ({ index }) =>
        index === null ? '' : html`<code title="${index.etag}">${shortEtag(index.etag, 8)}</code>`,
    },
    { heading: 'Duration', cell: (run) => deployDuration(run, now), isNumber: true },
    {
      heading: 'Began',
      cell: ({ startedAt, receivedAt, ciProvider, ciRunUrl }) =>
        html`${ago(startedAt ?? receivedAt, now)}${(ciProvider !== null || ciRunUrl !== null) && html` <span class="beside">${outward(ciRunUrl, html`${ciWords(ciProvider)}`)}</span>`}`,
    },
  ];
}

/** `attempt 2, by deploy@host, fly` */
function aboutOf({ number, by, target, project }: ReceivedRun, isSeveral: boolean): string {
  const parts = [
    ...(number > 1 ? [`attempt ${number}`] : []),
    ...(by === null ? [] : [`by ${by}`]),
    ...(target === null ? [] : [target]),
    ...(isSeveral ? [project] : []),
  ];
  return parts.join(', ');
}
