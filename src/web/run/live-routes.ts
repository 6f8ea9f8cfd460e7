import { Failure } from '../../failure.ts';
import { forbidden, notFound } from '../../http/http-failures.ts';
import type { Runs } from '../../runs/runs.ts';
import { involvementOf } from '../involved.ts';
import { isOver } from '../layout/run-words.ts';
import { type Person, personOf } from '../person.ts';
import { sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { eventFor, runFor } from './event-audience.ts';
import type { PollAnswer } from './live-frames.ts';
import { sendNews } from './live-socket.ts';
import { holderOf, ticketFor } from './live-ticket.ts';

const LONGEST_WAIT_SECONDS = 25;
const MOST_EVENTS = 500;

export const ROUTES: readonly Route[] = [
  // A browser does not send its login here: the ticket, or the login of a program, is looked at below.
  { method: 'GET', path: '/live', who: 'public', answer: live },
  { method: 'GET', path: '/runs/:id/events', who: 'involved', answer: poll },
];

/** How things are, at once where there is something newer, else when there is or the time is up. */
async function poll(call: Call, { runs, watchers, seals }: WebContext): Promise<Response> {
  const { id = '' } = call.params;
  const after = numberIn(call.query, 'after', Number.MAX_SAFE_INTEGER);
  const seconds = numberIn(call.query, 'wait', LONGEST_WAIT_SECONDS);
  const run = runs.run(id);
  if (!run || !call.person) throw notFound('this run');
  if (seconds > 0 && run.lastSeq <= after && !isOver(run.state)) {
    const leave = watchers.enter();
    try {
      await runs.waitFor(id, after, seconds * 1000, call.signal);
    } finally {
      leave();
    }
  }
  const { isAdministrator } = call.person.rights;
  const events = runs
    .events(id, after, MOST_EVENTS)
    .map(({ seq, event }) => ({ seq, event: eventFor(event, isAdministrator) }));
  const now = runFor(runs.run(id) ?? run, isAdministrator);
  const isAll = (events.at(-1)?.seq ?? after) >= now.lastSeq;
  const answer: PollAnswer = {
    run: now,
    events,
    end: isOver(now.state) && isAll,
    ticket: ticketFor(id, call.person, seals),
  };
  return sendJson(answer);
}

async function live(call: Call, context: WebContext): Promise<Response> {
  const { runs, watchers, ending } = context;
  const id = call.query.get('run') ?? '';
  const after = numberIn(call.query, 'after', Number.MAX_SAFE_INTEGER);
  const { isAdministrator } = await authorise(call, id, context);
  if (call.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new Failure('usage', 'this address is for WebSockets', {
      hint: `Without one, ask for runs/${id}/events?after=${after}&wait=25.`,
    });
  }
  const leave = watchers.enter();
  const answer = await call.upgrade(
    sendNews({ runs: seenBy(runs, isAdministrator), id, after, ending, leave }),
  );
  if (answer) return answer;
  leave();
  throw new Failure('usage', 'this is not a WebSocket', {
    hint: 'Ask for one, by version 13 of the protocol.',
  });
}

/** @throws {Failure} `unauthorized`, `forbidden`, `not-found` */
async function authorise(
  call: Call,
  id: string,
  { runs, seals, people }: WebContext,
): Promise<Person['rights']> {
  const holder = holderOf(call.query.get('ticket') ?? '', id, seals);
  const person = holder === null ? await call.identify() : personOf(holder, await people());
  if (person === null) {
    throw new Failure('unauthorized', 'nobody has logged in, and there is no ticket, or it is too old', {
      hint: `Log in; or ask for runs/${id}/events, which gives a ticket.`,
    });
  }
  const involvement = involvementOf(person, id, runs);
  if (involvement === 'missing' || !runs.run(id)) throw notFound('this run');
  if (involvement === 'stranger' && !person.rights.isAdministrator) {
    throw forbidden(`${person.userid} may not watch this run`, 'It is for those whose changes it publishes.');
  }
  return person.rights;
}

/** The runs as somebody may see them. */
function seenBy(runs: Runs, isAdministrator: boolean): Pick<Runs, 'run' | 'events' | 'waitFor'> {
  if (isAdministrator) return runs;
  return {
    run: (id) => {
      const run = runs.run(id);
      return run && runFor(run, isAdministrator);
    },
    events: (id, after, limit) =>
      runs.events(id, after, limit).map((one) => ({ ...one, event: eventFor(one.event, isAdministrator) })),
    waitFor: runs.waitFor,
  };
}

/** @throws {Failure} `usage` */
function numberIn(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name) ?? '0';
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= most) return value;
  throw new Failure('usage', `${name} is not a number from 0 to ${most}`, {
    hint: `Leave ${name} out for 0.`,
  });
}
