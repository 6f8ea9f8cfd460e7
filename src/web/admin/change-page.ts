import { type Html, html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import type { Edit } from '../../requests/request-model.ts';
import type { Change, RowChange } from '../../runs/run-model.ts';
import { button, errorSummary, formOf } from '../layout/form-controls.ts';
import { facts, table, time } from '../layout/pieces.ts';
import { changeBadge } from '../layout/run-words.ts';
import { pageOrJson, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type ChangedColumn, changedColumns, wordsOfChange } from './change-words.ts';
import { effectsOf, isConfirmed } from './edit-checks.ts';
import { askPage, digestOf } from './edit-pages.ts';
import { afterSaving, userOf } from './save-answer.ts';

const who = 'administrator';

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/admin/history/:id',
    who,
    answer: (call, context) => {
      const change = changeOf(call, context);
      return pageOrJson(call, { json: () => change, page: () => page(call, change, []) });
    },
  },
  { method: 'POST', path: '/admin/history/:id/undo', who, answer: undo },
];

function changeOf({ params }: Call, { runs }: WebContext): Change {
  const change = runs.change(params['id'] ?? '');
  if (change === null) throw notFound('this change');
  return change;
}

/** Whether the index has it, and it wrote rows that can be put back. */
function canBeUndone({ kind, rows, state }: Change): boolean {
  return (
    kind !== 'password' && kind !== 'update' && rows.length > 0 && state !== 'dropped' && state !== 'intended'
  );
}

function page(call: Call, change: Change, problems: readonly string[]) {
  const { id, at, by, state, action, target, run, studio, problem, rows } = change;
  const [main, ...others] = rows;
  const columns = changedColumns(change);
  const title = `${by} ${wordsOfChange(change)}`;
  return {
    title,
    section: 'history' as const,
    status: problems.length > 0 ? 409 : 200,
    main: html`<p class="crumb"><a href="${call.link('/admin/history/')}">History</a></p>
<h1>${title}</h1>
${errorSummary({ values: {}, problems: problems.map((message) => ({ field: '', message })) })}
${facts([
  ['When', time(at)],
  ['How it stands', changeBadge(state, action)],
  ['Target', target],
  ...(run === null ? [] : [['Run', html`<a href="${call.link(`/runs/${run}`)}">its log</a>`] as const]),
  ...(studio === null ? [] : [['Studio', studio] as const]),
  ...(problem === null ? [] : [['Problem', `${problem.message}. ${problem.hint}`] as const]),
])}
${columns.length > 0 && valuesTable('Old and new values', columns)}
${main !== undefined && others.length > 0 && alsoChanged(rows, change)}
${
  canBeUndone(change) &&
  formOf(
    call,
    `/admin/history/${id}/undo`,
    html`<h2>Undo</h2><p>Puts back what this changed, as long as nobody has changed it since.</p>
<p class="actions">${button('Undo', 'danger', 'do', 'save')}
${button('Undo and update the machines', 'danger', 'do', 'publish')}</p>`,
  )
}`,
  };
}

function valuesTable(caption: string, columns: readonly ChangedColumn[]): Html {
  const shown = (value: string | number | null, element: 'del' | 'ins'): Html => {
    if (value === null || value === '') return html`<span class="quiet">none</span>`;
    return element === 'del' ? html`<del>${value}</del>` : html`<ins>${value}</ins>`;
  };
  return table<ChangedColumn>(
    caption,
    [
      { heading: 'Column', cell: ({ column }) => column },
      { heading: 'Old', cell: ({ from }) => shown(from, 'del') },
      { heading: 'New', cell: ({ to }) => shown(to, 'ins') },
    ],
    columns,
  );
}

/** Rows that went along: the events of a studio, the lists with its name. */
function alsoChanged(rows: readonly RowChange[], { before, after }: Change): Html {
  const own = Number(after?.['id'] ?? before?.['id']);
  const others = rows.filter((row, at) => row.id !== own || rows.findIndex(({ id }) => id === row.id) !== at);
  if (others.length === 0) return html``;
  return html`<details><summary>Rows that changed with it (${others.length})</summary>
${others.map((row) => valuesTable(`${row.table}, row ${row.id}`, changedColumns(row)))}</details>`;
}

async function undo(call: Call, context: WebContext): Promise<Response> {
  const change = changeOf(call, context);
  if (!canBeUndone(change)) return refuse(call, change, ['This cannot be undone.']);
  const { kind, action, subject, studio, rows } = change;
  if (kind === 'update' || action === 'publish') throw new Error('an update has no rows');
  const edit: Edit = { kind: 'undo', of: { kind, action, subject, studio, rows } };
  const preview = await context.editor.preview(edit);
  const publish = call.form.text('do') === 'publish';
  if (preview.kind === 'possible') {
    const effects = effectsOf(preview);
    if (!isConfirmed(call, effects)) return ask(call, change, effects);
  }
  const outcome =
    preview.kind === 'possible' ? await context.editor.save(edit, { by: userOf(call), publish }) : preview;
  switch (outcome.kind) {
    case 'saved':
    case 'unchanged':
      return afterSaving(call, context, { ...outcome, publish, back: `/admin/history/${change.id}` });
    case 'invalid':
      return refuse(
        call,
        change,
        outcome.problems.map(({ message }) => message),
      );
    case 'conflict':
    case 'missing':
      return refuse(call, change, [
        'It cannot be undone: somebody has changed or deleted one of its rows since. Look at the later changes, and undo those first.',
      ]);
  }
}

function ask(call: Call, change: Change, effects: readonly string[]): Response {
  if (call.wantsJson) return sendJson({ confirm: digestOf(effects), effects }, 409);
  return showPage(
    call,
    askPage(
      call,
      { section: 'history' },
      {
        title: 'Undo this?',
        action: `/admin/history/${change.id}/undo`,
        effects,
        fields: [],
        question: `It undoes that ${change.by} ${wordsOfChange(change)}.`,
        buttons: html`<p class="actions">${button('Undo', 'danger', 'do', 'save')}
${button('Undo and update the machines', 'danger', 'do', 'publish')}
<a href="${call.link(`/admin/history/${change.id}`)}">Give it up</a></p>`,
      },
    ),
  );
}

function refuse(call: Call, change: Change, problems: readonly string[]): Response {
  if (call.wantsJson) return sendJson({ problems }, 409);
  return showPage(call, page(call, change, problems));
}
