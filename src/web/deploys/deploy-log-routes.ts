import { CALLBACK_LEVELS, type CallbackLevel } from '../../callbacks/wire.ts';
import { Failure } from '../../failure.ts';
import { NO_STORE } from '../../http/headers.ts';
import type { ReceivedLine, ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import { queryNumber } from '../query-number.ts';
import { sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { ticketFor } from '../run/live-ticket.ts';
import { plainLine } from '../run/log-lines.ts';
import type { WebContext } from '../web-context.ts';
import { type DeployAnswer, isFinished } from './deploy-frames.ts';
import { personWhoMaySeeDeploys } from './deploy-watcher.ts';
import { findDeploy } from './find-deploy.ts';
import { gapLines, receivedLogLine } from './received-lines.ts';

const LONGEST_WAIT_SECONDS = 25;
const USUAL_LINES = 1000;
const MOST_LINES = 5000;

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/deploys/:id/logs', who: 'administrator', answer: logs },
  { method: 'GET', path: '/deploys/:id/logs.txt', who: 'administrator', answer: download },
];

/** What a request wants of a run's lines. */
interface Wanted {
  /** In the order of their numbers, those above `after`; or in that of their arrival, those behind `cursor`. */
  readonly order: 'number' | 'arrival';
  readonly after: number;
  readonly limit: number;
  readonly levels: readonly CallbackLevel[] | undefined;
}

type Part = Pick<DeployAnswer, 'run' | 'lines' | 'cursor' | 'end'>;

/** Lines of a run, at once where there are any, else when something comes or the time is up. */
async function logs(call: Call, context: WebContext): Promise<Response> {
  const { deploys, watchers, seals, now } = context;
  const wanted = wantedIn(call.query);
  const seconds = queryNumber(call.query, 'wait', LONGEST_WAIT_SECONDS);
  const { run } = findDeploy(call, deploys);
  let person = call.person;
  if (!person) throw new Failure('unauthorized', 'nobody has logged in', { hint: 'Log in.' });
  let part = partOf(run, wanted, context);
  if (seconds > 0 && part.lines.length === 0 && !part.end) {
    const { lost, leave } = watchers.enter(person.userid);
    try {
      await deploys.waitFor(run.id, part.cursor, seconds * 1000, AbortSignal.any([call.signal, lost]));
    } finally {
      leave();
    }
    person = await personWhoMaySeeDeploys(person.userid, context);
    part = partOf(run, wanted, context);
  }
  const answer: DeployAnswer = { ...part, ticket: ticketFor(run.id, person, seals), now: now() };
  return sendJson(answer);
}

/** @throws {Failure} `usage` */
function wantedIn(query: URLSearchParams): Wanted {
  const order = query.has('cursor') ? 'arrival' : 'number';
  const after = queryNumber(query, order === 'arrival' ? 'cursor' : 'after', Number.MAX_SAFE_INTEGER);
  return {
    order,
    after,
    limit: Math.max(1, queryNumber(query, 'limit', MOST_LINES, USUAL_LINES)),
    levels: levelsIn(query),
  };
}

/** @throws {Failure} `usage` */
function levelsIn(query: URLSearchParams): readonly CallbackLevel[] | undefined {
  const text = query.get('level') ?? '';
  if (text === '') return undefined;
  const given = text.split(',');
  const levels = CALLBACK_LEVELS.filter((level) => given.includes(level));
  if (levels.length === given.length) return levels;
  throw new Failure('usage', 'level is not a list of levels', {
    hint: `Name some of ${CALLBACK_LEVELS.join(',')}, with commas between them.`,
  });
}

/** Read in one go, so that nothing comes between the run, its lines and its cursor. */
function partOf({ id, ...before }: ReceivedRun, wanted: Wanted, { deploys, now }: WebContext): Part {
  const { order, after, limit, levels } = wanted;
  const run = deploys.run(id) ?? { id, ...before };
  if (order === 'arrival') {
    const news = deploys.news(id, after, limit);
    const lines = levels ? news.lines.filter(({ level }) => levels.includes(level)) : news.lines;
    return { run, lines, cursor: news.cursor, end: isFinished(run, now()) && news.cursor >= run.cursor };
  }
  const lines = deploys.lines(id, after, limit, levels);
  return { run, lines, cursor: run.cursor, end: isFinished(run, now()) && lines.length < limit };
}

/** The whole log as text, whatever a page shows of it. What is missing is said in its place. */
function download(call: Call, { deploys }: WebContext): Response {
  const { run } = findDeploy(call, deploys);
  const parts = textOf(run, deploys);
  const text = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const { done, value } = parts.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  return new Response(text, {
    headers: {
      ...NO_STORE,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="deploy-${run.deploy}-${run.number}.txt"`,
    },
  });
}

/** Read piece by piece, as fast as somebody takes it. */
function* textOf({ id, ...run }: ReceivedRun, deploys: Deploys): Generator<string, void, void> {
  let last = 0;
  const gapTo = (first: number, at: string): string =>
    gapLines(last + 1, first - 1, run.lost, at)
      .map((line) => `${plainLine(line)}\n`)
      .join('');
  const text = (line: ReceivedLine): string => {
    const said = `${gapTo(line.seq, line.loggedAt)}${plainLine(receivedLogLine(line))}\n`;
    last = line.seq;
    return said;
  };
  for (let count = USUAL_LINES; count === USUAL_LINES; ) {
    const lines = deploys.lines(id, last, USUAL_LINES);
    if (lines.length > 0) yield lines.map(text).join('');
    count = lines.length;
  }
  const rest = gapTo(run.sentLastSeq + 1, run.finishedAt ?? run.receivedAt);
  if (rest !== '') yield rest;
}
