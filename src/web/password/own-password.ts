import { html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import { button, EMPTY, errorSummary, type Filled, formOf, textField } from '../layout/form-controls.ts';
import type { Page } from '../layout/web-layout.ts';
import { goTo, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { MEANING, newPasswordFields, typingProblems } from './password-fields.ts';

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/password/', who: 'user', answer: (call) => showPage(call, page(call, EMPTY)) },
  { method: 'POST', path: '/password/', who: 'user', answer: change },
];

async function change(call: Call, context: WebContext): Promise<Response> {
  const { userid } = personOf(call);
  const refuse = (problems: Filled['problems']): Response =>
    showPage(call, { ...page(call, { values: {}, problems }), status: 422 });
  const typed = typingProblems(call.form);
  const present = call.form.text('present');
  if (present === '') return refuse([{ field: 'present', message: 'Type your present password.' }, ...typed]);
  if (typed.length > 0) return refuse(typed);
  // Whoever finds a browser that is logged in must not be able to keep others out.
  const { users } = await context.people();
  if (!(await context.logins.isRight({ userid, password: present }, call.outer.address, users)))
    return refuse([{ field: 'present', message: 'This is not your present password.' }]);
  const password = call.form.text('password');
  const outcome = await context.editor.save(
    { kind: 'password', action: 'set', userid, password, own: null },
    { by: userid, publish: true },
  );
  if (outcome.kind === 'saved') return goTo(call, context, context.passwords.watchPath(outcome.change));
  if (outcome.kind === 'invalid') return refuse(outcome.problems);
  throw notFound(`the user ${userid}`);
}

function personOf({ person }: Call) {
  if (person === null) throw new Error('this page is for people who have logged in');
  return person;
}

function page(call: Call, filled: Filled): Page {
  const { userid } = personOf(call);
  return {
    title: 'Password',
    section: 'password',
    main: html`<h1>Your password</h1>
<p class="lead">For the user <strong>${userid}</strong>, here and on all machines.</p>
${errorSummary(filled)}
${formOf(
  call,
  '/password/',
  textField(
    {
      name: 'present',
      label: 'Present password',
      type: 'password',
      autocomplete: 'current-password',
      isRequired: true,
    },
    filled,
  ),
  newPasswordFields(userid, filled),
  MEANING,
  html`<p class="actions">${button('Set the password')}</p>`,
)}`,
  };
}
