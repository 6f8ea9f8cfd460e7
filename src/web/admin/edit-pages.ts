import { hash } from 'node:crypto';
import { type Html, html, type Part } from '../../html/html.ts';
import type { Change } from '../../runs/run-model.ts';
import { button, errorSummary, type FieldProblem, formOf } from '../layout/form-controls.ts';
import { facts, linkButton, table, time } from '../layout/pieces.ts';
import { changeBadge } from '../layout/run-words.ts';
import type { Page } from '../layout/web-layout.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type AdminKind, type EditedRow, type FormValues, namesOf } from './admin-kind.ts';
import type { ChangedMeanwhile, Merged } from './merge-typed.ts';
import { newsOfRows } from './row-news.ts';

/** A form that is to be shown. */
export interface Shown {
  /** The row as it is now; null for a new one. */
  readonly row: EditedRow | null;
  readonly values: FormValues;
  readonly problems: readonly FieldProblem[];
  readonly status: number;
  /** Said above the form. */
  readonly before?: Html;
}

export async function formPage(
  call: Call,
  context: WebContext,
  kind: AdminKind,
  { row, values, problems, status, before }: Shown,
): Promise<Page> {
  const filled = { values, problems };
  const title = row === null ? `New ${kind.kind}` : row.title;
  const news = row === null ? null : (newsOfRows(context.runs, kind.table).get(row.id) ?? null);
  return {
    title,
    section: kind.section,
    status,
    main: html`<p class="crumb"><a href="${call.link(kind.folder)}">All ${kind.kind}s</a></p>
<h1>${title}</h1>
${news !== null && lastChange(call, news)}
${before}
${errorSummary(filled)}
${formOf(
  call,
  row === null ? `${kind.folder}new` : `${kind.folder}${row.id}`,
  row !== null && hiddenField('version', row.version),
  row !== null && hiddenField('base', JSON.stringify(row.values)),
  await kind.form(call, context, filled),
  saveButtons(),
)}
${
  row !== null &&
  html`<section aria-labelledby="more"><h2 id="more">More</h2>
${row.about}
${row.forms}
<p class="actions">${row.links}${linkButton(call.link(`${kind.folder}${row.id}/delete`), `Delete this ${kind.kind}`, 'danger')}</p></section>`
}`,
  };
}

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">
`;
}

/** All that a form was sent with, to be sent again. */
export function hiddenFields({ fields }: AdminKind, { form }: Call): [name: string, value: string][] {
  const names = ['version', 'base', ...fields.map(({ name }) => name)];
  return names.flatMap((name) => form.all(name).map((value): [string, string] => [name, value]));
}

/** Enter presses the first one. */
export function saveButtons(words = 'Save'): Html {
  return html`<p class="actions">${button(words, 'main', 'do', 'save')}
${button(`${words} and update the machines`, 'go', 'do', 'publish')}</p>
<p class="quiet">What is only saved is pending: the machines have it after their next update.</p>`;
}

function lastChange(call: Call, change: Change): Html {
  return facts([
    [
      'Last change here',
      html`${changeBadge(change.state)} ${'\u00b7'} <a href="${call.link(`/admin/history/${change.id}`)}">by ${change.by}</a>, ${time(change.at)}`,
    ],
  ]);
}

/** Shown again where the effects are others than those which were shown. */
export function digestOf(effects: readonly string[]): string {
  return hash('sha256', JSON.stringify(effects)).slice(0, 16);
}

export interface Asked {
  readonly title: string;
  /** Path below the base that the form goes to. */
  readonly action: string;
  readonly effects: readonly string[];
  /** Everything that the form had. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly buttons: Html;
  readonly question: Part;
}

/** Says what follows from an edit, before it is made. */
export function askPage(call: Call, kind: Pick<AdminKind, 'section'>, asked: Asked): Page {
  const { title, action, effects, fields, buttons, question } = asked;
  return {
    title,
    section: kind.section,
    main: html`<h1>${title}</h1>
<div class="card" tabindex="-1" data-focus><h2>What follows from this</h2>
<ul>${effects.map((effect) => html`<li>${effect}</li>`)}</ul></div>
<p>${question}</p>
${formOf(call, action, ...fields.map(([name, value]) => hiddenField(name, value)), hiddenField('confirmed', digestOf(effects)), buttons)}`,
  };
}

/** What somebody else did while the form was open, and what became of what was typed. */
export function conflictBox({ changes }: Merged, news: Change | null, isTyping = true): Html {
  const who =
    news === null ? html`Somebody else changed this` : html`${news.by} changed this (${time(news.at)})`;
  const shown = (text: string): Part =>
    text === '' ? html`<span class="quiet">empty</span>` : namesOf(text).join(', ');
  return html`<div class="problems" role="alert" tabindex="-1" data-focus>
<h2>Changed meanwhile</h2>
<p>${who} while this page was open. Nothing was saved yet. ${isTyping && 'What you typed is still there; fields that you left alone follow the other change. Look at it, and save again.'}</p>
${
  changes.length > 0 &&
  table<ChangedMeanwhile>(
    'What the other changed',
    [
      { heading: 'Field', cell: ({ label }) => label },
      { heading: 'It was', cell: ({ was }) => shown(was) },
      { heading: 'It is now', cell: ({ now }) => shown(now) },
      ...(isTyping
        ? [
            {
              heading: 'In the form below',
              cell: ({ typed }: ChangedMeanwhile) =>
                typed === null
                  ? html`<span class="quiet">as it is now</span>`
                  : html`${shown(typed)} (yours)`,
            },
          ]
        : []),
    ],
    changes,
  )
}</div>`;
}
