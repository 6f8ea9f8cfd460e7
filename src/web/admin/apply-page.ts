import { Failure } from '../../failure.ts';
import { type Html, html } from '../../html/html.ts';
import type { PendingChange } from '../../requests/pending-model.ts';
import { type Change, DEPLOYMENT } from '../../runs/run-model.ts';
import { counted } from '../../text.ts';
import { button, formOf } from '../layout/form-controls.ts';
import { badge, table, time } from '../layout/pieces.ts';
import { changeBadge } from '../layout/run-words.ts';
import { goTo, pageOrJson, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { CodeChanges, Comparison, Deployment, WebContext } from '../web-context.ts';
import { RELOAD_SECONDS } from './machines-part.ts';
import { rehearsalPart } from './rehearsal-part.ts';
import { unpublishedChanges } from './row-news.ts';
import { userOf } from './save-answer.ts';

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/admin/apply', who: 'administrator', answer: show },
  {
    method: 'POST',
    path: '/admin/apply',
    who: 'administrator',
    answer: (call, context) => {
      const change = context.runs.publish(userOf(call), 'administrator');
      return began(call, context, change, 'The machines are being updated.');
    },
  },
  {
    method: 'POST',
    path: '/admin/apply/deploy',
    who: 'administrator',
    answer: (call, context) => {
      if (!context.deployment.isRunHere) {
        throw new Failure('not-found', 'nothing is deployed from here', {
          hint: 'Set DEPLOY_COMMAND and APP_SOURCE for showcase-web, or deploy by hand.',
        });
      }
      return began(
        call,
        context,
        context.runs.publish(userOf(call), 'administrator', DEPLOYMENT),
        'The application is being deployed.',
      );
    },
  },
  {
    method: 'POST',
    path: '/admin/apply/rehearse',
    who: 'administrator',
    answer: (call, context) => {
      void context.fleet.rehearse.ask(userOf(call));
      return call.wantsJson ? sendJson({ asking: true }, 202) : goTo(call, context, '/admin/apply');
    },
  },
];

/** Leads to the run that a change has begun. */
function began(call: Call, context: WebContext, change: string, notice: string): Response {
  const run = context.runs.change(change)?.run ?? null;
  if (call.wantsJson) return sendJson({ change, run }, 202);
  return goTo(call, context, run === null ? `/requests/${change}` : `/runs/${run}`, notice);
}

interface Found {
  readonly comparison: Comparison;
  readonly code: CodeChanges;
  /** Of changes that the machines do not have, as far as this server knows; newest first. */
  readonly waiting: readonly Change[];
}

async function show(call: Call, context: WebContext): Promise<Response> {
  const { fleet, runs, deployment } = context;
  const [comparison, code] = await Promise.all([context.comparePublished(), deployment.codeChanges()]);
  const found = { comparison, code, waiting: unpublishedChanges(runs) };
  const { isAsking, last } = fleet.rehearse;
  return pageOrJson(call, {
    json: () => ({
      ...found,
      rehearsal: { asking: isAsking, last },
      deployCommand: deployment.command,
      deployHere: deployment.isRunHere,
    }),
    page: () => ({
      title: 'Pending changes',
      section: 'apply',
      ...(isAsking ? { reloadSeconds: RELOAD_SECONDS } : {}),
      main: html`<h1>Pending changes</h1>
${summaryPart(found)}
<div class="columns">
<section class="card" aria-labelledby="update"><h2 id="update">Update the configuration</h2>
<p>Publishes the index, and has every machine follow it at once. It takes seconds, and no visitor is disturbed.</p>
${formOf(call, '/admin/apply', html`<p class="actions">${button('Update configuration', 'go')}</p>`)}</section>
${deployPart(call, found, deployment)}
</div>
${changesPart(call, found)}
${rehearsalPart(call, fleet.rehearse)}`,
    }),
  });
}

/** How much is pending, and by whose word; the buttons follow, and then the rows, of which there may be many. */
function summaryPart({ comparison }: Found): Html {
  if (comparison.kind !== 'compared') return whyNot(comparison);
  const { pending, publishedAt, publishedBy } = comparison;
  const { length } = pending.changes;
  const published = html`<p class="quiet">Compared with what ${publishedBy ?? 'somebody'} published ${time(publishedAt)}.</p>`;
  return length === 0
    ? html`<p class="lead">${badge('good', 'No changes')}</p><p>The store has this index. An update is possible all the same: a machine may be out of step.</p>${published}`
    : html`<p class="lead">${badge('wait', `${counted(length, 'change')} not published`)}</p>${published}`;
}

function changesPart(call: Call, { comparison, waiting }: Found): Html {
  if (comparison.kind !== 'compared') return waitingChanges(call, waiting);
  const { changes } = comparison.pending;
  if (changes.length === 0) return html``;
  return html`${table<PendingChange>(
    'What the machines do not have yet',
    [
      { heading: 'Row', cell: ({ kind, name }) => html`<span class="quiet">${kind}</span> ${name}` },
      { heading: 'Change', cell: ({ action }) => badge(TONES[action], action) },
      { heading: 'In words', cell: ({ words }) => words },
    ],
    changes,
  )}
<p class="quiet">Who did it is in the <a href="${call.link('/admin/history/')}">history</a>.</p>`;
}

const TONES = { added: 'good', changed: 'busy', removed: 'bad' } as const;

function whyNot(comparison: Exclude<Comparison, { kind: 'compared' }>): Html {
  switch (comparison.kind) {
    case 'no-store':
      return html`<p>There is no object store, so machines are sent the index of this host, or have it already. What was made here and not published is listed below.</p>`;
    case 'not-published':
      return html`<p>${badge('wait', 'Nothing is published yet')}</p><p>The store has no index: an update publishes all of it.</p>`;
    case 'unknown':
      return html`<p>${badge('bad', 'The published index cannot be read')}</p>
<p>${comparison.problem.message}. ${comparison.problem.hint}</p>
<p>What was made here and not published is listed below instead.</p>`;
  }
}

function waitingChanges(call: Call, changes: readonly Change[]): Html {
  if (changes.length === 0)
    return html`<p class="lead">No changes were made here that are not published.</p>`;
  return table<Change>(
    'Made here and not published, newest first',
    [
      {
        heading: 'What',
        cell: ({ id, kind, action, subject }) =>
          html`<a href="${call.link(`/admin/history/${id}`)}">${kind} ${subject}</a> (${action})`,
      },
      { heading: 'By', cell: ({ by }) => by },
      { heading: 'When', cell: ({ at }) => time(at) },
      { heading: 'How it stands', cell: ({ state }) => changeBadge(state) },
    ],
    changes,
  );
}

/** Advice, never a lock: whoever thinks that a deployment is needed may have a reason that nobody here knows. */
function deployPart(call: Call, { comparison, code }: Found, { command, isRunHere }: Deployment): Html {
  const regions = comparison.kind === 'compared' && comparison.pending.needsDeployment;
  const changes = code.kind === 'known' ? code.changes : [];
  const isNeeded = regions || changes.length > 0;
  return html`<section class="card" aria-labelledby="deploy"><h2 id="deploy">Deploy</h2>
<p>${badge(isNeeded ? 'wait' : 'none', isNeeded ? 'Advised' : 'Not needed, as far as can be seen')}</p>
${regions && html`<p>Regions have changed: their machines are made and removed by a deployment.</p>`}
${
  changes.length > 0 &&
  html`<details><summary>The application has changed in ${counted(changes.length, 'place')}</summary><pre>${changes.map(
    (line) => html`${line}
`,
  )}</pre></details>`
}
${code.kind === 'unknown' && html`<p class="quiet">Nobody can say whether the application has changed: ${code.why}.</p>`}
<p>${isRunHere ? 'It takes minutes. What is run is' : 'It takes minutes, and is started by hand, on the host of the application'}:</p>
<pre>${command}</pre>
${isRunHere && formOf(call, '/admin/apply/deploy', html`<p class="actions">${button('Deploy', 'other')}</p>`)}</section>`;
}
