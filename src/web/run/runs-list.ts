import { type Html, html } from '../../html/html.ts';
import type { Run, RunFilter, RunState } from '../../runs/run-model.ts';
import { counted, duration } from '../../text.ts';
import { button, selectField } from '../layout/form-controls.ts';
import { table, time } from '../layout/pieces.ts';
import { runBadge } from '../layout/run-words.ts';
import { RUN_WORDS } from '../layout/state-words.ts';
import type { Page } from '../layout/web-layout.ts';
import { pageOrJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { runMs, runTitle, triggerWords } from './run-summary.ts';

const PAGE_SIZE = 50;
/** Failed runs that stand first, where asked. */
const MOST_FAILED = 50;
const STATES = Object.keys(RUN_WORDS) as RunState[];
const BAD: readonly RunState[] = ['failed', 'interrupted'];

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/runs/', who: 'administrator', answer: list },
];

/** What the address asks for. */
interface Wanted {
  readonly state: RunState | null;
  readonly target: string;
  readonly isFailedFirst: boolean;
  /** From 1. */
  readonly page: number;
}

function list(call: Call, { runs, now }: WebContext): Response {
  const wanted = readWanted(call.query);
  const { state, target, isFailedFirst, page } = wanted;
  const filter: RunFilter = {
    ...(state === null ? {} : { states: [state] }),
    ...(target === '' ? {} : { target }),
    page,
    limit: PAGE_SIZE,
  };
  const { rows, total } = runs.runs(filter);
  const failed =
    isFailedFirst && state === null && page === 1
      ? runs.runs({ ...filter, states: BAD, limit: MOST_FAILED }).rows
      : [];
  return pageOrJson(call, {
    json: () => ({ runs: rows, total, page, ...(isFailedFirst ? { failed } : {}) }),
    page: () => render(call, wanted, { rows, total, failed, now: now() }),
  });
}

function readWanted(query: URLSearchParams): Wanted {
  const page = Number(query.get('page') ?? 1);
  return {
    state: STATES.find((state) => state === query.get('state')) ?? null,
    target: query.get('target')?.trim() ?? '',
    isFailedFirst: query.get('first') === 'failed',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

interface Found {
  readonly rows: readonly Run[];
  readonly total: number;
  readonly failed: readonly Run[];
  readonly now: number;
}

function render(call: Call, wanted: Wanted, { rows, total, failed, now }: Found): Page {
  return {
    title: 'Runs',
    section: 'runs',
    main: html`<h1>Runs</h1>
<p class="lead">Every update of the machines and every deployment, newest first.</p>
${filters(call, wanted)}
${failed.length > 0 && runsTable(call, 'Failed runs', failed, now)}
${rows.length === 0 ? html`<p class="quiet">There is no such run.</p>` : runsTable(call, failed.length > 0 ? 'All runs' : counted(total, 'run'), rows, now)}
${pages(call, wanted, total)}`,
  };
}

function filters(call: Call, { state, target, isFailedFirst }: Wanted): Html {
  const filled = {
    values: { state: state ?? '', target, first: isFailedFirst ? 'failed' : '' },
    problems: [],
  };
  const states = STATES.map((one) => [one, RUN_WORDS[one][1]] as const);
  return html`<form class="tools" method="get" action="${call.link('/runs/')}" role="search">
${selectField({ name: 'state', label: 'State', choices: [['', 'All'], ...states] }, filled)}
${selectField(
  {
    name: 'first',
    label: 'Order',
    choices: [
      ['', 'Newest first'],
      ['failed', 'Failed first'],
    ],
  },
  filled,
)}
<p>${button('Show', 'other')}</p></form>`;
}

function runsTable(call: Call, caption: string, rows: readonly Run[], now: number): Html {
  return table<Run>(
    caption,
    [
      {
        heading: 'Run',
        cell: ({ id, target, trigger, by }) =>
          html`<a href="${call.link(`/runs/${id}`)}">${runTitle({ target })}</a> <span class="quiet">${triggerWords(trigger)}, by ${by}</span>`,
      },
      { heading: 'State', cell: ({ state }) => runBadge(state) },
      { heading: 'Machines', cell: machinesCell, isNumber: true },
      { heading: 'Duration', cell: (run) => durationCell(run, now), isNumber: true },
      { heading: 'Attempt', cell: ({ attempt }) => attempt, isNumber: true },
      { heading: 'Asked for', cell: ({ madeAt }) => time(madeAt) },
    ],
    rows,
  );
}

function machinesCell({ report }: Run): string {
  if (report === null) return '';
  const good = report.machines.filter(({ outcome }) => outcome !== 'failed' && outcome !== 'differs').length;
  return `${good}/${report.machines.length}`;
}

function durationCell(run: Run, now: number): string {
  const ms = runMs(run, now);
  return ms === null ? '' : duration(ms);
}

function pages(call: Call, wanted: Wanted, total: number): Html {
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const { page } = wanted;
  if (last === 1 && page === 1) return html``;
  const to = (other: number, words: string): Html =>
    html`<li><a href="${call.link(`/runs/?${queryOf({ ...wanted, page: other })}`)}">${words}</a></li>`;
  return html`<nav aria-label="Pages"><ul>${page > 1 && to(Math.min(page - 1, last), 'Newer')}<li>Page ${page} of ${last}</li>${page < last && to(page + 1, 'Older')}</ul></nav>`;
}

function queryOf({ state, target, isFailedFirst, page }: Wanted): URLSearchParams {
  return new URLSearchParams({
    ...(state === null ? {} : { state }),
    ...(target === '' ? {} : { target }),
    ...(isFailedFirst ? { first: 'failed' } : {}),
    page: `${page}`,
  });
}
