import { Failure } from '../../failure.ts';
import { notFound } from '../../http/http-failures.ts';
import type { Change } from '../../runs/run-model.ts';
import { personWhoMaySee } from '../involved.ts';
import { goTo, sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { changeFor, runFor } from '../run/event-audience.ts';
import type { WebContext } from '../web-context.ts';
import { requestState, requestTimeLeft } from './request-facts.ts';
import { renderRequest } from './request-page.ts';

const LONGEST_WAIT_SECONDS = 25;

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/requests/:id', who: 'involved', answer: show },
  { method: 'GET', path: '/requests/:id/state', who: 'involved', answer: poll },
  { method: 'POST', path: '/requests/:id/retry', who: 'involved', answer: retry },
  { method: 'POST', path: '/requests/:id/publish', who: 'administrator', answer: publish },
];

async function show(call: Call, context: WebContext): Promise<Response> {
  const change = changeOf(call, context);
  const state = requestState(context.runs, change);
  if (call.wantsJson) return sendJson(stateAnswer(call, change, context));
  const leftMs = requestTimeLeft(context.runs, state.run, context.now());
  const studio = change.studio === null ? null : await context.index.studioByKey(change.studio);
  const studioName = studio?.name ?? change.studio;
  const goes = call.query.has('go') || state.status.kind === 'moving';
  return showPage(call, renderRequest(call, { change, state, leftMs, studioName, goes }));
}

/** How it stands, at once where it is not as the page has it, else when it is not any more or the time is up. */
async function poll(call: Call, context: WebContext): Promise<Response> {
  const { runs, watchers } = context;
  const change = changeOf(call, context);
  const known = call.query.get('known') ?? '';
  const seconds = waitIn(call);
  let { person } = call;
  const isKnown = (): boolean => stateOf(change.id, context).state.known === known;
  if (seconds > 0 && isKnown()) {
    const { userid = '' } = call.person ?? {};
    const { lost, leave } = watchers.enter(userid);
    const late = AbortSignal.timeout(seconds * 1000);
    const signal = AbortSignal.any([call.signal, late, lost]);
    try {
      // Many events change nothing that the page shows.
      while (!signal.aborted && isKnown()) await runs.waitForChange(change.id, seconds * 1000, signal);
    } finally {
      leave();
    }
    person = await personWhoMaySee(userid, change.id, context);
  }
  return sendJson(stateAnswer({ person }, stateOf(change.id, context).change, context));
}

function stateOf(id: string, { runs }: WebContext) {
  const change = runs.change(id);
  if (!change) throw notFound('this request');
  return { change, state: requestState(runs, change) };
}

function stateAnswer({ person }: Pick<Call, 'person'>, change: Change, { runs, now }: WebContext) {
  const { status, run, known } = requestState(runs, change);
  const isAdministrator = person?.rights.isAdministrator === true;
  const leftMs = requestTimeLeft(runs, run, now());
  return {
    change: changeFor(change, isAdministrator),
    run: run && runFor(run, isAdministrator),
    words: status,
    leftMs,
    known,
  };
}

export type StateAnswer = ReturnType<typeof stateAnswer>;

function retry(call: Call, context: WebContext): Response {
  const { id, run: last, state } = changeOf(call, context);
  const by = call.person?.userid ?? '';
  const { runs } = context;
  // One that is live has nothing to do again itself, but machines may have failed with its run.
  const run = runs.retry(id, by) ?? (state === 'live' && last !== null ? runs.retry(last, by) : null);
  const said =
    run === null ? 'There is nothing to try again: look how it stands.' : 'The update is tried again.';
  return goTo(call, context, `/requests/${id}`, said);
}

function publish(call: Call, context: WebContext): Response {
  const { id, state, target } = changeOf(call, context);
  if (state !== 'pending') return goTo(call, context, `/requests/${id}`, 'It is not pending any more.');
  context.runs.publish(call.person?.userid ?? '', 'administrator', target);
  return goTo(call, context, `/requests/${id}`, 'All that is pending is being published.');
}

function changeOf({ params }: Call, { runs }: WebContext): Change {
  const change = runs.change(params['id'] ?? '');
  if (!change) throw notFound('this request');
  return change;
}

/** @throws {Failure} `usage` */
function waitIn({ query }: Call): number {
  const text = query.get('wait') ?? '0';
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LONGEST_WAIT_SECONDS) return seconds;
  throw new Failure('usage', `wait is not a number from 0 to ${LONGEST_WAIT_SECONDS}`, {
    hint: 'Leave it out for 0.',
  });
}
