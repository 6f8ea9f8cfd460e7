import { html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import { button, errorSummary, type FieldProblem, formOf } from '../layout/form-controls.ts';
import { linkButton } from '../layout/pieces.ts';
import { sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type AdminKind, type EditedRow, idOf } from './admin-kind.ts';
import { effectsOf, isConfirmed, rowOf } from './edit-checks.ts';
import { conflictBox, digestOf, hiddenField } from './edit-pages.ts';
import { newsOfRows } from './row-news.ts';
import { afterSaving, userOf } from './save-answer.ts';

/** The page that says what goes with a row before it is deleted, and the deletion. */
export function deletionRoutes(kind: AdminKind): Route[] {
  const path = `${kind.folder}:id/delete`;
  const who = 'administrator';
  return [
    {
      method: 'GET',
      path,
      who,
      answer: async (call, context) => {
        const row = await rowOf(call, context, kind);
        const preview = await context.editor.preview(kind.deletionOf(call.form, row));
        const effects = preview.kind === 'possible' ? effectsOf(preview) : null;
        return show(call, context, kind, { row, effects, problems: [], status: 200 });
      },
    },
    { method: 'POST', path, who, answer: (call, context) => remove(call, context, kind) },
  ];
}

async function remove(call: Call, context: WebContext, kind: AdminKind): Promise<Response> {
  const id = idOf(call);
  if (id === null) throw notFound(`this ${kind.kind}`);
  const existing = { id, version: call.form.text('version') };
  const edit = kind.deletionOf(call.form, existing);
  const preview = await context.editor.preview(edit);
  let effects = preview.kind === 'possible' ? effectsOf(preview) : null;
  const publish = call.form.text('do') === 'publish';
  if (effects !== null && isConfirmed(call, effects)) {
    const outcome = await context.editor.save(edit, { by: userOf(call), publish });
    if (outcome.kind === 'saved')
      return afterSaving(call, context, { ...outcome, publish, back: kind.folder });
  }
  // Also for what changed between the two: the page says how things stand now.
  const row = await rowOf(call, context, kind);
  const isOther = row.version !== existing.version;
  if (isOther) {
    const now = await context.editor.preview(kind.deletionOf(call.form, row));
    effects = now.kind === 'possible' ? effectsOf(now) : null;
  }
  const problems = preview.kind === 'invalid' ? preview.problems : [];
  if (call.wantsJson) return answerProgram({ isOther, row, problems, effects });
  const status = isOther ? 409 : problems.length > 0 ? 422 : 200;
  return show(call, context, kind, { row, effects, problems, status, isOther });
}

interface DeletionCheck {
  readonly row: EditedRow;
  /** Null where it is not possible as it was asked. */
  readonly effects: readonly string[] | null;
  readonly problems: readonly FieldProblem[];
}

function answerProgram({ isOther, row, problems, effects }: DeletionCheck & { isOther: boolean }): Response {
  if (isOther) return sendJson({ version: row.version, theirs: row.values }, 409);
  if (effects === null) return sendJson({ problems }, 422);
  return sendJson({ confirm: digestOf(effects), effects }, 409);
}

async function show(
  call: Call,
  context: WebContext,
  kind: AdminKind,
  { row, effects, problems, status, isOther = false }: DeletionCheck & { status: number; isOther?: boolean },
): Promise<Response> {
  const filled = { values: { studiosTo: call.form.text('studiosTo') }, problems };
  const news = newsOfRows(context.runs, kind.table).get(row.id) ?? null;
  const title = `Delete ${row.title}?`;
  return showPage(call, {
    title,
    section: kind.section,
    status,
    main: html`<p class="crumb"><a href="${call.link(`${kind.folder}${row.id}`)}">Back to ${row.title}</a></p>
<h1>${title}</h1>
${isOther && conflictBox({ values: row.values, changes: [] }, news, false)}
${errorSummary(filled)}
${effects !== null && effects.length > 0 && html`<div class="card"><h2>What goes with it</h2><ul>${effects.map((effect) => html`<li>${effect}</li>`)}</ul></div>`}
${row.about}
<p>It can be undone from the history, as long as nothing else has taken its place.</p>
${formOf(
  call,
  `${kind.folder}${row.id}/delete`,
  hiddenField('version', row.version),
  effects !== null && hiddenField('confirmed', digestOf(effects)),
  kind.askBefore && (await kind.askBefore(call, context, row, filled)),
  html`<p class="actions">${button('Delete', 'danger', 'do', 'save')}
${button('Delete and update the machines', 'danger', 'do', 'publish')}
${linkButton(call.link(`${kind.folder}${row.id}`), 'Keep it')}</p>`,
)}`,
  });
}
