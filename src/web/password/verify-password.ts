import { html } from '../../html/html.ts';
import { textOf, type WholeRow } from '../../requests/index-tables.ts';
import {
  button,
  errorSummary,
  type FieldProblem,
  type Filled,
  formOf,
  textField,
} from '../layout/form-controls.ts';
import { linkButton } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import { goTo, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { MEANING, newPasswordFields, typingProblems } from './password-fields.ts';
import { setByLink } from './set-by-link.ts';

export const ROUTES: readonly Route[] = [
  // A mail program may ask for the link before its reader does: it is as good afterwards.
  { method: 'GET', path: '/password/verify', who: 'public', answer: ask },
  { method: 'POST', path: '/password/verify', who: 'public', answer: verify },
];

async function ask(call: Call, { passwords }: WebContext): Promise<Response> {
  const token = call.query.get('token') ?? '';
  const user = await passwords.holderOf(token);
  if (!user) return gone(call);
  const { email, name1, name2 } = ownOf(user);
  return shown(call, page(call, user, token, { values: { email, name1, name2 }, problems: [] }));
}

async function verify(call: Call, context: WebContext): Promise<Response> {
  const { passwords, editor } = context;
  const { form } = call;
  const token = form.text('token');
  const user = await passwords.holderOf(token);
  if (!user) return gone(call);
  const own = { email: form.text('email'), name1: form.text('name1'), name2: form.text('name2') };
  const refuse = (problems: readonly FieldProblem[]): Response =>
    shown(call, { ...page(call, user, token, { values: own, problems }), status: 422 });
  const typed = typingProblems(form);
  if (typed.length > 0) return refuse(typed);
  const { links } = passwords;
  const done = await setByLink({ links, editor }, { token, user, password: form.text('password'), own });
  if (done.kind === 'gone') return gone(call);
  if (done.kind === 'invalid') return refuse(done.problems);
  return goTo(call, context, passwords.watchPath(done.change));
}

function ownOf(user: WholeRow) {
  return { email: textOf(user, 'email'), name1: textOf(user, 'name1'), name2: textOf(user, 'name2') };
}

/** The address has the token in it, which is nobody else's business, and of no use to other pages of ours either. */
function shown(call: Call, made: Page): Response {
  const answer = showPage(call, made);
  answer.headers.set('Referrer-Policy', 'strict-origin');
  return answer;
}

function page(call: Call, user: WholeRow, token: string, filled: Filled): Page {
  const userid = textOf(user, 'userid');
  return {
    title: 'Choose your password',
    section: null,
    main: html`<h1>Choose your password</h1>
<p class="lead">For the user <strong>${userid}</strong>. You log in with this name.</p>
${errorSummary(filled)}
${formOf(
  call,
  '/password/verify',
  html`<input type="hidden" name="token" value="${token}">`,
  newPasswordFields(userid, filled),
  html`<fieldset><legend>About you</legend>`,
  textField(
    {
      name: 'email',
      label: 'E-mail address',
      type: 'email',
      hint: 'Links for a new password are sent there.',
      autocomplete: 'email',
      isRequired: true,
    },
    filled,
  ),
  html`<div class="row">`,
  textField({ name: 'name1', label: 'First name', autocomplete: 'given-name' }, filled),
  textField({ name: 'name2', label: 'Second name' }, filled),
  html`</div></fieldset>`,
  MEANING,
  html`<p class="actions">${button('Set the password')}</p>`,
)}`,
  };
}

const GONE = {
  code: 'not-found',
  message: 'this link does not work any more',
  hint: 'Each works once, for 24 hours, and only until the password is changed. Ask for another.',
} as const;

function gone(call: Call): Response {
  if (call.wantsJson) return sendJson({ error: GONE }, 410);
  return shown(call, {
    title: 'Link used or too old',
    section: null,
    status: 410,
    main: html`<h1>This link does not work any more</h1>
<p class="lead">Each link works once, for 24 hours, and only until the password is changed. Your password is as it was, or as you last set it.</p>
<p class="actions">${linkButton(call.link('/password/reset'), 'Ask for another link', 'main')}</p>`,
  });
}
