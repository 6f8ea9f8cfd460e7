import { type Html, html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import { type EventView, eventViews } from '../../requests/row-views.ts';
import type { Change, Run } from '../../runs/run-model.ts';
import { counted } from '../../text.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { linkButton, table, time } from '../layout/pieces.ts';
import { runBadge } from '../layout/run-words.ts';
import { goTo, pageOrJson, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { machinesPart, RELOAD_SECONDS } from './machines-part.ts';
import { unusedEvents } from './past-events.ts';
import { unpublishedChanges } from './row-news.ts';
import { runsInTrouble } from './runs-in-trouble.ts';
import { userOf } from './save-answer.ts';

/** Rows of each list on the page. */
const MOST_RUNS = 8;
const MOST_FAILED = 20;
const MOST_UNUSED = 50;

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/admin/', who: 'administrator', answer: overview },
  {
    method: 'POST',
    path: '/admin/machines/ask',
    who: 'administrator',
    answer: (call, context) => {
      void context.fleet.verify.ask(userOf(call));
      return call.wantsJson ? sendJson({ asking: true }, 202) : goTo(call, context, '/admin/');
    },
  },
  {
    method: 'POST',
    path: '/admin/retry/:id',
    who: 'administrator',
    answer: (call, context) => {
      const id = call.params['id'] ?? '';
      const { runs } = context;
      if (runs.change(id) === null && runs.run(id) === null) throw notFound('this change or run');
      const run = runs.retry(id, userOf(call));
      if (call.wantsJson) return sendJson({ run }, run === null ? 409 : 202);
      if (run === null)
        return goTo(call, context, '/admin/', 'There is nothing to do again: it did not fail.');
      return goTo(call, context, `/runs/${run}`, 'It is being done again.');
    },
  },
];

interface Seen {
  readonly pending: number;
  readonly runs: readonly Run[];
  readonly failed: readonly Change[];
  /** What an older index lacks, in sentences. */
  readonly missing: readonly string[];
  /** Null where this host cannot tell. */
  readonly unused: readonly EventView[] | null;
}

async function overview(call: Call, context: WebContext): Promise<Response> {
  const { fleet, index, runs } = context;
  if (!fleet.verify.isFresh) void fleet.verify.ask(userOf(call));
  const today = new Date(context.now()).toISOString().slice(0, 10);
  const failedRuns = runsInTrouble(runs, MOST_RUNS);
  const last = runs.runs({ limit: MOST_RUNS }).rows;
  const seen: Seen = {
    pending: await pendingCount(context),
    runs: [...failedRuns, ...last.filter(({ id }) => !failedRuns.some((failed) => failed.id === id))],
    failed: runs.changes({ states: ['failed'], kinds: ['event'], limit: MOST_FAILED }).rows,
    missing: await index.missing(),
    unused: unusedEvents(eventViews(await index.rows()), context.databases(), today),
  };
  const { last: answer, isAsking } = fleet.verify;
  return pageOrJson(call, {
    json: () => ({ machines: { asking: isAsking, last: answer }, ...seen }),
    page: () => ({
      title: 'Administration',
      section: 'administration',
      ...(isAsking ? { reloadSeconds: RELOAD_SECONDS } : {}),
      main: html`<h1>Administration</h1>
<div class="columns">
<div class="card">${machinesPart(call, fleet.verify, context.now())}</div>
<div class="card">${pendingPart(call, seen)}</div>
</div>
${seen.missing.length > 0 && html`<div class="card"><h2>This index is older than the pages</h2><ul>${seen.missing.map((line) => html`<li>${line}</li>`)}</ul><p>Migrate the application of this host.</p></div>`}
${seen.failed.length > 0 && failedPart(call, seen.failed)}
${runsPart(call, seen.runs)}
${unusedPart(call, seen.unused)}`,
    }),
  });
}

/** Of rows, by the store; where that cannot say, of changes that were made here. */
async function pendingCount({ comparePublished, runs }: WebContext): Promise<number> {
  const comparison = await comparePublished();
  return comparison.kind === 'compared' ? comparison.pending.changes.length : unpublishedChanges(runs).length;
}

function pendingPart(call: Call, { pending }: Seen): Html {
  const words =
    pending === 0
      ? 'The machines are to have nothing that is not published.'
      : `${counted(pending, 'change')} of the index ${pending === 1 ? 'is' : 'are'} not published.`;
  return html`<h2>Pending changes</h2>
<p class="lead">${words}</p>
<p class="actions">${linkButton(call.link('/admin/apply'), pending === 0 ? 'Update the machines all the same' : 'See them, and update', pending === 0 ? 'other' : 'go')}</p>`;
}

function failedPart(call: Call, failed: readonly Change[]): Html {
  return html`<section aria-labelledby="failed"><h2 id="failed">Requests that failed</h2>
${table<Change>(
  'The event stays in the index; only its publication is done again',
  [
    {
      heading: 'Event',
      cell: ({ id, subject }) => html`<a href="${call.link(`/requests/${id}`)}">${subject}</a>`,
    },
    { heading: 'By', cell: ({ by }) => by },
    { heading: 'When', cell: ({ at }) => time(at) },
    { heading: 'Why', cell: ({ problem }) => problem && html`${problem.message}. ${problem.hint}` },
    {
      heading: 'What to do',
      cell: ({ id, subject }) =>
        formOf(
          call,
          `/admin/retry/${id}`,
          button(html`Try again<span class="hidden"> for ${subject}</span>`, 'go'),
        ),
    },
  ],
  failed,
)}</section>`;
}

function runsPart(call: Call, runs: readonly Run[]): Html {
  return html`<section aria-labelledby="runs"><h2 id="runs">Last runs</h2>
${
  runs.length === 0
    ? html`<p class="quiet">The machines were not updated from here yet.</p>`
    : table<Run>(
        'Those that need somebody first',
        [
          {
            heading: 'Run',
            cell: ({ id, madeAt }) => html`<a href="${call.link(`/runs/${id}`)}">${time(madeAt)}</a>`,
          },
          {
            heading: 'How it went',
            cell: ({ state, next }) => html`${runBadge(state)}${next !== null && ', done again'}`,
          },
          { heading: 'By', cell: ({ by }) => by },
          { heading: 'Target', cell: ({ target }) => target },
          { heading: 'Why', cell: ({ error }) => error?.message },
        ],
        runs,
      )
}</section>`;
}

function unusedPart(call: Call, unused: readonly EventView[] | null): Html {
  if (unused === null || unused.length === 0) return html``;
  return html`<section aria-labelledby="unused"><h2 id="unused">Events that nobody used</h2>
<p>They are over, and this host has no database of them. Nothing is deleted by itself.</p>
<details><summary>${counted(unused.length, 'event')}</summary>
${table<EventView>(
  unused.length > MOST_UNUSED ? `The oldest ${MOST_UNUSED}` : 'Oldest first',
  [
    {
      heading: 'Event',
      cell: ({ id, name, key }) => html`<a href="${call.link(`/admin/events/${id}`)}">${name || key}</a>`,
    },
    { heading: 'Studio', cell: ({ studioName, studio }) => studioName || studio },
    { heading: 'Date', cell: ({ date, year }) => date || year },
    {
      heading: 'What to do',
      cell: ({ id, path }) =>
        html`<a href="${call.link(`/admin/events/${id}/delete`)}">Delete<span class="hidden"> ${path}</span></a>`,
    },
  ],
  unused.slice(0, MOST_UNUSED),
)}</details></section>`;
}
