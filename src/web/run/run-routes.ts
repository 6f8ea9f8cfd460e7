import { notFound } from '../../http/http-failures.ts';
import type { Run, StoredEvent } from '../../runs/run-model.ts';
import { involvementOf } from '../involved.ts';
import { goTo, pageOrJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { allEvents } from './all-events.ts';
import { changeFor, eventFor, runFor } from './event-audience.ts';
import { ticketFor } from './live-ticket.ts';
import { allLines, partOf, readView } from './log-html.ts';
import { linesOfMachines, plainLine } from './log-lines.ts';
import { renderRun } from './run-page.ts';
import { progressOf, shownMachines } from './shown-machines.ts';
import { shownSteps } from './shown-steps.ts';

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/runs/:id', who: 'involved', answer: show },
  { method: 'GET', path: '/runs/:id/log.txt', who: 'involved', answer: download },
  { method: 'POST', path: '/runs/:id/retry', who: 'involved', answer: retry },
  { method: 'POST', path: '/runs/:id/cancel', who: 'administrator', answer: cancel },
];

function show(call: Call, context: WebContext): Response {
  const { runs, seals, now } = context;
  const { person } = call;
  const run = runOf(call, context);
  const changes = runs
    .changesOf(run.id)
    .filter(
      (change) => person && (isAdministrator(call) || involvementOf(person, change.id, runs) === 'involved'),
    );
  return pageOrJson(call, {
    json: () => ({ run, changes: changes.map((change) => changeFor(change, isAdministrator(call))) }),
    page: () => {
      const stored = eventsFor(call, run, context);
      const events = stored.map(({ event }) => event);
      const lines = allLines(stored);
      const view = readView(call.query);
      return renderRun(call, {
        run,
        changes,
        machines: shownMachines(progressOf(events), run.report),
        steps: shownSteps(events),
        log: partOf(lines, view),
        view,
        lines: linesOfMachines(lines),
        ticket: person === null ? '' : ticketFor(run.id, person, seals),
        now: now(),
      });
    },
  });
}

/** The whole log as text, whatever a page shows of it. */
function download(call: Call, context: WebContext): Response {
  const run = runOf(call, context);
  const text = allLines(eventsFor(call, run, context))
    .map((line) => `${plainLine(line)}\n`)
    .join('');
  return new Response(text, {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="run-${run.id}.txt"`,
      'Cache-Control': 'no-store',
    },
  });
}

function retry(call: Call, context: WebContext): Response {
  const { id } = runOf(call, context);
  const next = context.runs.retry(id, call.person?.userid ?? '');
  if (next === null) return goTo(call, context, `/runs/${id}`, 'There is nothing to do again.');
  return goTo(call, context, `/runs/${next}`, 'This run does it again.');
}

function cancel(call: Call, context: WebContext): Response {
  const { id } = runOf(call, context);
  const isDone = context.runs.cancel(id, call.person?.userid ?? '');
  const said = isDone
    ? 'It was taken back. What it would have published is pending.'
    : 'It has begun already, so it goes on.';
  return goTo(call, context, `/runs/${id}`, said);
}

/** The run as this person may see it. @throws {Failure} `not-found` */
function runOf(call: Call, { runs }: WebContext): Run {
  const run = runs.run(call.params['id'] ?? '');
  if (!run) throw notFound('this run');
  return runFor(run, isAdministrator(call));
}

function eventsFor(call: Call, { id }: Run, { runs }: WebContext): StoredEvent[] {
  const isOne = isAdministrator(call);
  return [...allEvents(runs, id)].map((stored) => ({ ...stored, event: eventFor(stored.event, isOne) }));
}

function isAdministrator({ person }: Call): boolean {
  return person?.rights.isAdministrator === true;
}
