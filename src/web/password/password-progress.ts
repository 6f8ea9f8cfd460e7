import { hash } from 'node:crypto';
import { Failure } from '../../failure.ts';
import { html } from '../../html/html.ts';
import type { Change } from '../../runs/run-model.ts';
import { linkButton, progressBar } from '../layout/pieces.ts';
import type { Page } from '../layout/web-layout.ts';
import { sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { progressOfRun } from '../run/followed-progress.ts';
import { shownMachines } from '../run/shown-machines.ts';
import type { WebContext } from '../web-context.ts';
import type { PasswordNews } from './password-news.ts';
import { countMachines, passwordState } from './password-words.ts';

export const ROUTES: readonly Route[] = [
  // Who has set a password by a link cannot log in yet, and who has set her own is asked for it anew: a seal is enough.
  { method: 'GET', path: '/password/changes/:id', who: 'public', answer: show },
];

const LONGEST_WAIT_SECONDS = 25;

async function show(call: Call, context: WebContext): Promise<Response> {
  const { id = '' } = call.params;
  const isSealed = context.passwords.mayWatch(id, call.query.get('seal') ?? '');
  const change = isSealed ? context.runs.change(id) : null;
  if (change?.kind !== 'password') return over(call);
  if (!call.wantsJson) return showPage(call, page(call, change, newsOf(change, context)));
  return sendJson(await nextNews(call, change, context));
}

/** At once where it is other news than what is known, else when it is or the time is up. */
async function nextNews(call: Call, change: Change, context: WebContext): Promise<PasswordNews> {
  const { runs, watchers } = context;
  const seconds = secondsIn(call.query.get('wait') ?? '0');
  const late = AbortSignal.timeout(seconds * 1000);
  let news = newsOf(change, context);
  if (seconds === 0 || news.isOver || news.known !== call.query.get('known')) return news;
  // Whoever has the address has it from one person.
  const { lost, leave } = watchers.enter(`change ${change.id}`);
  const signal = AbortSignal.any([call.signal, late, lost]);
  try {
    while (news.known === call.query.get('known') && !signal.aborted) {
      const { run } = runs.change(change.id) ?? change;
      const seen = run === null ? 0 : (runs.run(run)?.lastSeq ?? 0);
      // Whichever comes first: events of its run, or another state of the change.
      if (run === null) await runs.waitForChange(change.id, seconds * 1000, signal);
      else await runs.waitFor(run, seen, seconds * 1000, signal);
      news = newsOf(runs.change(change.id) ?? change, context);
    }
    return news;
  } finally {
    leave();
  }
}

function newsOf(change: Change, { runs }: WebContext): PasswordNews {
  const run = change.run === null ? null : runs.run(change.run);
  const machines = run === null ? [] : shownMachines(progressOfRun(runs, run.id), run.report);
  const state = passwordState(change, run, countMachines(machines));
  return { ...state, known: hash('sha256', JSON.stringify(state)).slice(0, 16) };
}

/** @throws {Failure} `usage` */
function secondsIn(text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= LONGEST_WAIT_SECONDS) return value;
  throw new Failure('usage', `wait is not a number from 0 to ${LONGEST_WAIT_SECONDS}`, {
    hint: 'Leave wait out for 0.',
  });
}

function page(call: Call, { id, subject, state }: Change, news: PasswordNews): Page {
  const { title, detail, percent, isOver, tone, known } = news;
  const seal = new URLSearchParams({ seal: call.query.get('seal') ?? '' });
  const script = isOver ? null : call.link(`/password/changes/${id}.json?${seal}`);
  return {
    title: 'Password set',
    section: null,
    ...(isOver ? {} : { reloadSeconds: 2 }),
    main: html`<h1>${state === 'dropped' ? 'Password not set' : 'Password set'}</h1>
<section class="card" data-password-change="${script}" data-known="${known}">
<p role="status"><strong data-title class="badge ${tone}">${title}</strong></p>
<p data-detail>${detail}</p>
${percent !== null && progressBar('machines', 'Machines', percent)}
<p data-offline role="status"></p>
</section>
${state !== 'dropped' && next(call, subject)}`,
  };
}

function next(call: Call, userid: string) {
  return html`<h2>What to do now</h2>
<ul>
<li>Log in as <strong>${userid}</strong> with the new password from now on.</li>
<li>Your browser may go on with the old password for a while. When it asks for a name and a password, type the new one.</li>
<li>If it does not ask, and you are refused, close all of its windows, and open it again.</li>
</ul>
${call.hasPage('/requests/') && html`<p class="actions">${linkButton(call.link('/requests/'), 'Log in with the new password', 'main')}</p>`}`;
}

const OVER = {
  code: 'not-found',
  message: 'this page was for an hour, which is over',
  hint: 'Log in with the new password.',
} as const;

function over(call: Call): Response {
  if (call.wantsJson) return sendJson({ error: OVER }, 410);
  return showPage(call, {
    title: 'Page too old',
    section: null,
    status: 410,
    main: html`<h1>This page is not here any more</h1>
<p class="lead">It showed for an hour how a new password reached the machines. Log in with the new password.</p>
<p class="actions">${call.hasPage('/requests/') && linkButton(call.link('/requests/'), 'Log in', 'main')}</p>`,
  });
}
