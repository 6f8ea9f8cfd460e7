import { type Html, html, type Part } from '../../html/html.ts';
import type { Call } from '../route.ts';
import { FORM_TOKEN } from './form-token.ts';

/** Something wrong with one field; the field is '' for the whole form. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What a form holds, and what is wrong with it. */
export interface Filled {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
}

export const EMPTY: Filled = { values: {}, problems: [] };

/** @param action path below the base */
export function formOf(
  call: Pick<Call, 'link' | 'formToken'>,
  action: string,
  ...content: readonly Part[]
): Html {
  return html`<form method="post" action="${call.link(action)}" novalidate>
<input type="hidden" name="${FORM_TOKEN}" value="${call.formToken}">
${content}
</form>`;
}

export function button(
  words: Part,
  kind: 'main' | 'go' | 'danger' | 'other' = 'main',
  name?: string,
  value = '',
): Html {
  const named = name !== undefined && html` name="${name}" value="${value}"`;
  return html`<button class="${kind}"${named}>${words}</button>`;
}

/** All that is wrong, with links to the fields; the script puts the focus here. Nothing where nothing is wrong. */
export function errorSummary({ problems }: Filled): Html {
  if (problems.length === 0) return html``;
  const items = problems.map(({ field, message }) =>
    field === '' ? html`<li>${message}</li>` : html`<li><a href="#${idOf(field)}">${message}</a></li>`,
  );
  return html`<div class="problems" role="alert" tabindex="-1" data-focus>
<h2>${problems.length === 1 ? 'Please correct this' : 'Please correct these'}</h2>
<ul>${items}</ul>
</div>`;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  /** `text` where absent. */
  readonly type?: 'text' | 'date' | 'email' | 'number' | 'password' | 'search';
  readonly hint?: Part;
  readonly isRequired?: true;
  readonly autocomplete?: string;
  /** Characters. */
  readonly most?: number;
}

export function textField(field: Field, filled: Filled): Html {
  const { name, type = 'text', autocomplete, most } = field;
  // A password is never sent back.
  const value = type === 'password' ? '' : (filled.values[name] ?? '');
  const more = html`${autocomplete !== undefined && html` autocomplete="${autocomplete}"`}${most !== undefined && html` maxlength="${most}"`}`;
  return labelled(
    field,
    filled,
    (about) => html`<input id="${idOf(name)}" name="${name}" type="${type}" value="${value}"${more}${about}>`,
  );
}

export function textArea(field: Field & { readonly rows?: number }, filled: Filled): Html {
  const { name, rows = 4 } = field;
  return labelled(
    field,
    filled,
    (about) =>
      html`<textarea id="${idOf(name)}" name="${name}" rows="${rows}"${about}>\n${filled.values[name] ?? ''}</textarea>`,
  );
}

export function selectField(
  field: Field & { readonly choices: readonly (readonly [value: string, words: string])[] },
  filled: Filled,
): Html {
  const { name, choices } = field;
  const chosen = filled.values[name] ?? '';
  const options = choices.map(
    ([value, words]) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${words}</option>`,
  );
  return labelled(
    field,
    filled,
    (about) => html`<select id="${idOf(name)}" name="${name}"${about}>${options}</select>`,
  );
}

export function checkBox(name: string, label: Part, isChecked: boolean, value = '1'): Html {
  return html`<p class="check"><label><input type="checkbox" name="${name}" value="${value}"${isChecked && html` checked`}>${label}</label></p>`;
}

/** Label, hint and error, and the control that they describe. */
function labelled(
  { name, label, hint, isRequired }: Field,
  filled: Filled,
  control: (about: Html) => Html,
): Html {
  const id = idOf(name);
  const error = filled.problems.find((problem) => problem.field === name)?.message ?? null;
  const described = [...(hint ? [`${id}-hint`] : []), ...(error ? [`${id}-error`] : [])].join(' ');
  const about = html`${described !== '' && html` aria-describedby="${described}"`}${error && html` aria-invalid="true"`}${isRequired && html` required`}`;
  return html`<div class="field"><label for="${id}">${label}</label>
${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
${error && html`<p class="error" id="${id}-error">${error}</p>`}
${control(about)}</div>`;
}

const idOf = (name: string): string => `field-${name}`;

/** Several that can be chosen, as boxes to tick; the page sends those that are ticked by one name. */
export function tickBoxes(
  { name, label, hint }: Pick<Field, 'name' | 'label' | 'hint'>,
  choices: readonly (readonly [value: string, words: string])[],
  chosen: readonly string[],
  { problems }: Filled,
): Html {
  const id = idOf(name);
  const error = problems.find((problem) => problem.field === name)?.message ?? null;
  return html`<fieldset id="${id}" tabindex="-1" class="field wide"><legend>${label}</legend>
${hint && html`<p class="hint">${hint}</p>`}
${error !== null && html`<p class="error">${error}</p>`}
<div class="ticks">${choices.map(([value, words]) => checkBox(name, words, chosen.includes(value), value))}</div></fieldset>`;
}
