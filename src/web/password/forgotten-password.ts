import { html } from '../../html/html.ts';
import { button, EMPTY, errorSummary, type Filled, formOf, textField } from '../layout/form-controls.ts';
import { linkButton } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import { goTo, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/password/reset',
    who: 'public',
    answer: (call, context) => showPage(call, question(call, context, EMPTY)),
  },
  { method: 'POST', path: '/password/reset', who: 'public', answer: ask },
  {
    method: 'GET',
    path: '/password/reset/asked',
    who: 'public',
    answer: (call, { mail }) => showPage(call, mail.isOn ? mailed(call) : noted(call)),
  },
];

/** The same for everybody: nobody finds out here who is a user. */
function ask(call: Call, context: WebContext): Response {
  const who = call.form.text('who');
  if (who.trim() === '') {
    const problems = [{ field: 'who', message: 'Type your userid or your e-mail address.' }];
    return showPage(call, { ...question(call, context, { values: {}, problems }), status: 422 });
  }
  context.passwords.ask(who, call.outer.address);
  if (call.wantsJson) return sendJson({ asked: true }, 202);
  return goTo(call, context, '/password/reset/asked');
}

function question(call: Call, { mail }: WebContext, filled: Filled): Page {
  const what = mail.isOn
    ? 'You get a mail with a link, by which you choose another.'
    : 'This server sends no mail: an administrator sees that you asked, and gives you a link by which you choose another.';
  return {
    title: 'Forgotten password',
    section: null,
    main: html`<h1>Forgotten your password?</h1>
<p class="lead">${what}</p>
${errorSummary(filled)}
${formOf(
  call,
  '/password/reset',
  textField(
    {
      name: 'who',
      label: 'Userid or e-mail address',
      hint: 'The name that you log in with, or the address that your studio is known by.',
      autocomplete: 'username',
      most: 254,
      isRequired: true,
    },
    filled,
  ),
  html`<p class="actions">${button(mail.isOn ? 'Send me a link' : 'Ask for a link')}</p>`,
)}`,
  };
}

function mailed(call: Call): Page {
  return {
    title: 'Look at your mail',
    section: null,
    main: html`<h1>Look at your mail</h1>
<p class="lead">If there is a user of that name or address, a mail with a link is on its way.</p>
<ul>
<li>It comes within some minutes. Look among the unwanted mails, too.</li>
<li>The link works once, for 24 hours. Where several users have one address, there is a mail for each.</li>
<li>Nobody gets more than three of them in an hour.</li>
</ul>
<p>If nothing comes, the address that is known of you may be an old one: ask an administrator.</p>
<p class="actions">${linkButton(call.link('/password/reset'), 'Ask again')}</p>`,
  };
}

function noted(call: Call): Page {
  return {
    title: 'Ask an administrator',
    section: null,
    main: html`<h1>Ask an administrator</h1>
<p class="lead">If there is a user of that name or address, administrators see that you asked. One of them can give you a link.</p>
<p>They see it when they next look; tell one of them if it is urgent.</p>
<p class="actions">${linkButton(call.link('/password/reset'), 'Ask again')}</p>`,
  };
}
