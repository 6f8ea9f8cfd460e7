import { type Html, html } from '../../html/html.ts';
import { notFound } from '../../http/http-failures.ts';
import type { UserView } from '../../requests/row-views.ts';
import { button, EMPTY, errorSummary, type Filled, formOf } from '../layout/form-controls.ts';
import { facts, time } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import { goTo, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import type { IssuedLink } from './password-desk.ts';
import { MEANING, newPasswordFields, typingProblems } from './password-fields.ts';

const PATH = '/admin/users/:id/password';

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: PATH,
    who: 'administrator',
    answer: async (call, context) =>
      showPage(call, page(call, context, { user: await userOf(call, context), filled: EMPTY, link: null })),
  },
  { method: 'POST', path: PATH, who: 'administrator', answer: set },
  { method: 'POST', path: `${PATH}/link`, who: 'administrator', answer: makeLink },
  { method: 'POST', path: `${PATH}/mail`, who: 'administrator', answer: sendLink },
];

/** @throws {Failure} `not-found` */
async function userOf(call: Call, { index }: WebContext): Promise<UserView> {
  const { id = '' } = call.params;
  const user = /^\d{1,15}$/.test(id) ? await index.user(Number(id)) : null;
  if (!user) throw notFound('this user');
  return user;
}

async function set(call: Call, context: WebContext): Promise<Response> {
  const user = await userOf(call, context);
  const refuse = (problems: Filled['problems']): Response => {
    const filled = { values: {}, problems };
    return showPage(call, { ...page(call, context, { user, filled, link: null }), status: 422 });
  };
  const typed = typingProblems(call.form);
  if (typed.length > 0) return refuse(typed);
  const password = call.form.text('password');
  const outcome = await context.editor.save(
    { kind: 'password', action: 'set', userid: user.userid, password, own: null },
    { by: call.person?.userid ?? '', publish: true },
  );
  if (outcome.kind === 'saved') return goTo(call, context, context.passwords.watchPath(outcome.change));
  if (outcome.kind === 'invalid') return refuse(outcome.problems);
  throw notFound('this user');
}

/** Shown once, to be handed over: it is kept nowhere. */
async function makeLink(call: Call, context: WebContext): Promise<Response> {
  const user = await userOf(call, context);
  const link = await context.passwords.linkFor(user.id);
  if (!link) throw notFound('this user');
  context.log.note(`${call.person?.userid} made a link for the password of ${user.userid}`);
  if (call.wantsJson) return sendJson({ url: addressOf(call, context, link), until: link.until });
  return showPage(call, page(call, context, { user, filled: EMPTY, link }));
}

async function sendLink(call: Call, context: WebContext): Promise<Response> {
  const user = await userOf(call, context);
  const back = `/admin/users/${user.id}/password`;
  if (!context.mail.isOn || user.email === '') return goTo(call, context, back);
  context.mail.sendResetLink(user.id, call.person?.userid ?? '');
  return goTo(call, context, back, `A link is on its way to ${user.email}.`);
}

/** Where these pages are seen by the user; where nobody has said it, as the administrator sees them. */
function addressOf(call: Call, { base, webUrl }: WebContext, { path }: IssuedLink): string {
  return `${webUrl ?? `${call.outer.proto}://${call.outer.hosts[0]}${base}`}${path}`;
}

interface Shown {
  readonly user: UserView;
  readonly filled: Filled;
  /** One that was made just now. */
  readonly link: IssuedLink | null;
}

function page(call: Call, context: WebContext, { user, filled, link }: Shown): Page {
  const path = `/admin/users/${user.id}/password`;
  const asked = context.mail.waitingForLink().find((one) => one.user === user.id);
  return {
    title: `Password of ${user.userid}`,
    section: 'users',
    main: html`<h1>Password of ${user.userid}</h1>
${facts([
  ['Name', [user.name1, user.name2].filter((name) => name !== '').join(', ') || html`&ndash;`],
  ['E-mail', user.email || 'no address is known'],
  ['Password', user.hasPassword ? 'is set' : 'is not set: this user cannot log in yet'],
  ...(asked ? [['Asked for a link', time(asked.at)] as const] : []),
])}
${errorSummary(filled)}
${link !== null && issued(addressOf(call, context, link), link.until, user.userid)}
<h2>A link to choose one</h2>
<p>Best: then nobody but the user knows it. The link works once, for 24 hours; without any login, so give it to nobody else.</p>
<div class="actions">
${context.mail.isOn && user.email !== '' && formOf(call, `${path}/mail`, button(html`Send it to ${user.email}`))}
${formOf(call, `${path}/link`, button('Make a link to hand over', context.mail.isOn ? 'other' : 'main'))}
</div>
<h2>Or set it here</h2>
${formOf(call, path, newPasswordFields(user.userid, filled), MEANING, html`<p class="actions">${button('Set the password', 'other')}</p>`)}`,
  };
}

function issued(url: string, until: string, userid: string): Html {
  return html`<section class="card" aria-labelledby="issued">
<h2 id="issued">The link for ${userid}</h2>
<div class="field wide"><label for="link">Copy it now: it is shown once</label>
<input id="link" type="text" value="${url}" readonly data-select></div>
<p>It works until ${time(until)}.</p>
</section>`;
}
