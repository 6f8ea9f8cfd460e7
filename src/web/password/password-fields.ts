import { type Html, html, type Part } from '../../html/html.ts';
import type { FormFields } from '../form-fields.ts';
import { type FieldProblem, type Filled, textField } from '../layout/form-controls.ts';

/** A new password, twice. @param userid hidden: so that the browser keeps the password for the right name */
export function newPasswordFields(userid: string, filled: Filled): Html {
  return html`<input type="text" name="username" value="${userid}" autocomplete="username" hidden>
${textField(
  {
    name: 'password',
    label: 'New password',
    type: 'password',
    hint: 'At least 8 characters. Not the userid, and none that everybody knows. Some words in a row are good.',
    autocomplete: 'new-password',
    isRequired: true,
  },
  filled,
)}
${textField(
  {
    name: 'again',
    label: 'The same again',
    type: 'password',
    autocomplete: 'new-password',
    isRequired: true,
  },
  filled,
)}`;
}

/** What can be said of what was typed, without looking at the index. */
export function typingProblems(form: FormFields): FieldProblem[] {
  const password = form.text('password');
  if (password === '') return [{ field: 'password', message: 'Type a new password.' }];
  if (password === form.text('again')) return [];
  return [{ field: 'again', message: 'The two passwords are not the same. Type both again.' }];
}

/** What a change of a password means, for whoever makes one. */
export const MEANING: Part = html`<p class="quiet">The old password works on each machine until that machine has the new one. The next page shows when all have it.</p>`;
