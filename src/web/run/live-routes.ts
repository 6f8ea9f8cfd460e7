import { Failure } from '../../failure.ts';
import { notFound } from '../../http/http-failures.ts';
import { deployNewsOf } from '../deploys/deploy-news.ts';
import { personWhoMaySeeDeploys } from '../deploys/deploy-watcher.ts';
import { personWhoMaySee } from '../involved.ts';
import { isOver } from '../layout/run-words.ts';
import { refuseOtherSites } from '../other-sites.ts';
import { queryNumber } from '../query-number.ts';
import { sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { eventFor, runFor } from './event-audience.ts';
import type { PollAnswer } from './live-frames.ts';
import { sendNews } from './live-socket.ts';
import { holderOf, ticketFor } from './live-ticket.ts';
import { newsOf, type Seen } from './run-news.ts';

const LONGEST_WAIT_SECONDS = 25;
const MOST_EVENTS = 500;

export const ROUTES: readonly Route[] = [
  // A browser does not send its login here: the ticket, or the login of a program, is looked at below.
  { method: 'GET', path: '/live', who: 'public', answer: live },
  { method: 'GET', path: '/runs/:id/events', who: 'involved', answer: poll },
];

/** How things are, at once where there is something newer, else when there is or the time is up. */
async function poll(call: Call, context: WebContext): Promise<Response> {
  const { runs, watchers, seals } = context;
  const { id = '' } = call.params;
  const after = queryNumber(call.query, 'after', Number.MAX_SAFE_INTEGER);
  const seconds = queryNumber(call.query, 'wait', LONGEST_WAIT_SECONDS);
  const run = runs.run(id);
  if (!run || !call.person) throw notFound('this run');
  let { person } = call;
  if (seconds > 0 && run.lastSeq <= after && !isOver(run.state)) {
    const { lost, leave } = watchers.enter(person.userid);
    try {
      await runs.waitFor(id, after, seconds * 1000, AbortSignal.any([call.signal, lost]));
    } finally {
      leave();
    }
    person = await personWhoMaySee(person.userid, id, context);
  }
  const { isAdministrator } = person.rights;
  const events = runs
    .events(id, after, MOST_EVENTS)
    .map(({ seq, event }) => ({ seq, event: eventFor(event, isAdministrator) }));
  const now = runFor(runs.run(id) ?? run, isAdministrator);
  const isAll = (events.at(-1)?.seq ?? after) >= now.lastSeq;
  const answer: PollAnswer = {
    run: now,
    events,
    end: isOver(now.state) && isAll,
    ticket: ticketFor(id, person, seals),
  };
  return sendJson(answer);
}

/** For runs of this server, and for those that were received, whose numbers are cursors. */
async function live(call: Call, context: WebContext): Promise<Response> {
  const { watchers, ending, deploys, now } = context;
  const id = call.query.get('run') ?? '';
  const after = queryNumber(call.query, 'after', Number.MAX_SAFE_INTEGER);
  const received = context.runs.run(id) ? null : deploys.run(id);
  const holder = await holderFor(call, id, context);
  const { userid } = received
    ? await personWhoMaySeeDeploys(holder, context)
    : await personWhoMaySee(holder, id, context);
  if (!received && !context.runs.run(id)) throw notFound('this run');
  if (call.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new Failure('usage', 'this address is for WebSockets', {
      hint: received
        ? `Without one, ask for deploys/${received.deploy}/logs?run=${id}&cursor=${after}&wait=25.`
        : `Without one, ask for runs/${id}/events?after=${after}&wait=25.`,
    });
  }
  watchers.requirePlace(userid);
  const seenDeploys = async () => {
    await personWhoMaySeeDeploys(userid, context);
    return deploys;
  };
  const answer = await call.upgrade(
    sendNews({
      news: (signal) =>
        received
          ? deployNewsOf(seenDeploys, id, after, { signal, now })
          : newsOf(() => seenBy(userid, id, context), id, after, signal),
      // Only now: of a handshake that comes to nothing nobody is told.
      enter: () => watchers.enter(userid),
      ending,
    }),
  );
  if (answer) return answer;
  throw new Failure('usage', 'this is not a WebSocket', {
    hint: 'Ask for one, by version 13 of the protocol.',
  });
}

/**
 * Who watches, by a ticket or a login. A browser may send its login with a WebSocket that a page of another site opens, and lets
 * that page read what is said; a ticket is in our own pages alone.
 *
 * @throws {Failure} `unauthorized`, `forbidden`
 */
async function holderFor(call: Call, id: string, context: WebContext): Promise<string> {
  const byTicket = holderOf(call.query.get('ticket') ?? '', id, context.seals);
  if (byTicket !== null) return byTicket;
  refuseOtherSites({ ...call, method: 'WebSocket' }, context);
  const holder = (await call.identify())?.userid ?? null;
  if (holder !== null) return holder;
  throw new Failure('unauthorized', 'nobody has logged in, and there is no ticket, or it is too old', {
    hint: 'Log in; or ask by a long poll, which gives a ticket.',
  });
}

/** A run as somebody may see it at this moment. @throws {Failure} she may not any more */
async function seenBy(userid: string, id: string, context: WebContext): Promise<Seen> {
  const { runs } = context;
  const { isAdministrator } = (await personWhoMaySee(userid, id, context)).rights;
  if (isAdministrator) return runs;
  return {
    run: (one) => {
      const run = runs.run(one);
      return run && runFor(run, isAdministrator);
    },
    events: (one, after, limit) =>
      runs.events(one, after, limit).map((row) => ({ ...row, event: eventFor(row.event, isAdministrator) })),
    waitFor: (...asked) => runs.waitFor(...asked),
  };
}
