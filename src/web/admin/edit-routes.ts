import { html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import { isRecord, parseJson } from '../../json.ts';
import { button } from '../layout/form-controls.ts';
import { linkButton } from '../layout/pieces.ts';
import { pageOrJson, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type AdminKind, type Existing, type FormValues, idOf, namesOf, typedValues } from './admin-kind.ts';
import { deletionRoutes } from './deletion-routes.ts';
import { effectsOf, isConfirmed, rowOf } from './edit-checks.ts';
import { askPage, conflictBox, digestOf, formPage, hiddenFields, saveButtons } from './edit-pages.ts';
import { mergeTyped } from './merge-typed.ts';
import { newsOfRows } from './row-news.ts';
import { afterSaving, userOf } from './save-answer.ts';

/** The pages on which one kind of rows is created, edited and deleted. */
export function editRoutes(kind: AdminKind): Route[] {
  const { folder } = kind;
  const who = 'administrator';
  return [
    {
      method: 'GET',
      path: `${folder}new`,
      who,
      answer: async (call, context) =>
        showPage(
          call,
          await formPage(call, context, kind, {
            row: null,
            values: kind.blank(call),
            problems: [],
            status: 200,
          }),
        ),
    },
    {
      method: 'POST',
      path: `${folder}new`,
      who,
      answer: (call, context) => submit(call, context, kind, null),
    },
    ...deletionRoutes(kind),
    {
      method: 'GET',
      path: `${folder}:id`,
      who,
      answer: async (call, context) => {
        const row = await rowOf(call, context, kind);
        const page = await formPage(call, context, kind, {
          row,
          values: row.values,
          problems: [],
          status: 200,
        });
        const { id, version, values } = row;
        return pageOrJson(call, { page: () => page, json: () => ({ id, version, ...asJson(kind, values) }) });
      },
    },
    {
      method: 'POST',
      path: `${folder}:id`,
      who,
      answer: (call, context) => submit(call, context, kind, idOf(call)),
    },
  ];
}

function asJson({ fields }: AdminKind, values: FormValues): Record<string, string | string[]> {
  return Object.fromEntries(
    fields.map(({ name, isList }) => [name, isList ? namesOf(values[name]) : (values[name] ?? '')]),
  );
}

async function submit(
  call: Call,
  context: WebContext,
  kind: AdminKind,
  id: number | null,
): Promise<Response> {
  if (id === null && call.params['id'] !== undefined) throw notFound(`this ${kind.kind}`);
  const typed = typedValues(kind, call.form);
  const existing = id === null ? null : { id, version: call.form.text('version') };
  if (call.form.text('do') === 'form') return again(call, context, kind, { existing, typed });
  const edit = kind.editOf(typed, existing);
  const preview = await context.editor.preview(edit);
  const effects = preview.kind === 'possible' ? effectsOf(preview) : [];
  if (!isConfirmed(call, effects)) return ask(call, kind, { existing, effects });
  const publish = call.form.text('do') === 'publish';
  const outcome =
    preview.kind === 'possible' ? await context.editor.save(edit, { by: userOf(call), publish }) : preview;
  switch (outcome.kind) {
    case 'saved':
    case 'unchanged':
      return afterSaving(call, context, { ...outcome, publish, back: `${kind.folder}${outcome.id}` });
    case 'invalid':
      return refused(call, context, kind, { existing, typed, problems: outcome.problems });
    case 'conflict':
    case 'missing':
      return existing === null
        ? refused(call, context, kind, { existing, typed, problems: [GONE] })
        : changedMeanwhile(call, context, kind, { existing, typed });
  }
}

const GONE = { field: '', message: 'What this needs is not there any more. Look at the fields.' };

interface Typed {
  readonly existing: Existing | null;
  readonly typed: FormValues;
}

function ask(
  call: Call,
  kind: AdminKind,
  { existing, effects }: { existing: Existing | null; effects: readonly string[] },
): Response {
  if (call.wantsJson) return sendJson({ confirm: digestOf(effects), effects }, 409);
  const what = existing === null ? `a new ${kind.kind}` : `this ${kind.kind}`;
  return showPage(
    call,
    askPage(call, kind, {
      title: `Save ${what}?`,
      action: existing === null ? `${kind.folder}new` : `${kind.folder}${existing.id}`,
      effects,
      fields: hiddenFields(kind, call),
      question: 'Nothing was saved yet.',
      buttons: html`${saveButtons('Save it')}
<p class="actions">${button('Back to the form', 'other', 'do', 'form')}
${linkButton(call.link(kind.folder), 'Give it up')}</p>`,
    }),
  );
}

/** The form with what was typed, as it was sent. */
async function again(
  call: Call,
  context: WebContext,
  kind: AdminKind,
  { existing, typed }: Typed,
): Promise<Response> {
  const now = existing === null ? null : await kind.row(call, context.index, existing.id);
  const row = now && existing && { ...now, ...existing, values: baseOf(call) ?? now.values };
  return showPage(
    call,
    await formPage(call, context, kind, { row, values: typed, problems: [], status: 200 }),
  );
}

async function refused(
  call: Call,
  context: WebContext,
  kind: AdminKind,
  { existing, typed, problems }: Typed & { problems: readonly { field: string; message: string }[] },
): Promise<Response> {
  if (call.wantsJson) return sendJson({ problems }, 422);
  const now = existing === null ? null : await kind.row(call, context.index, existing.id);
  const row = now && existing && { ...now, ...existing, values: baseOf(call) ?? now.values };
  return showPage(call, await formPage(call, context, kind, { row, values: typed, problems, status: 422 }));
}

/** Somebody else was faster: the second one is told what changed, and loses nothing that was typed. */
async function changedMeanwhile(
  call: Call,
  context: WebContext,
  kind: AdminKind,
  { existing, typed }: { existing: Existing; typed: FormValues },
): Promise<Response> {
  const row = await kind.row(call, context.index, existing.id);
  if (row === null) {
    if (call.wantsJson) return sendJson({ missing: true }, 404);
    const message = `Somebody else deleted this ${kind.kind} meanwhile. What you typed is still here: saving makes a new one of it.`;
    const problems = [{ field: '', message }];
    return showPage(call, await formPage(call, context, kind, { row, values: typed, problems, status: 404 }));
  }
  if (call.wantsJson) return sendJson({ version: row.version, theirs: asJson(kind, row.values) }, 409);
  const merged = mergeTyped(kind.fields, { base: baseOf(call), typed, theirs: row.values });
  const news = newsOfRows(context.runs, kind.table).get(row.id) ?? null;
  const before = conflictBox(merged, news);
  return showPage(
    call,
    await formPage(call, context, kind, { row, values: merged.values, problems: [], status: 409, before }),
  );
}

/** What the form began with, as it carries it; null for a form that does not. */
function baseOf(call: Call): FormValues | null {
  const base = parseJson(call.form.text('base'));
  if (!isRecord(base)) return null;
  const texts = Object.entries(base).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
