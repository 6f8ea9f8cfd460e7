import { type Input, standardInput } from '../../cgi/body.ts';
import type { Push } from '../../cgi/push-request.ts';
import { parseRequest, type Request } from '../../cgi/request.ts';
import { renderResponse } from '../../cgi/response.ts';
import { Failure, type FailureCode } from '../../failure.ts';
import { statusOf } from '../../http/status.ts';
import type { Arrival } from '../../journal/journal-model.ts';
import type { Reporter, RunEvent } from '../../report/events.ts';
import { renderJson, textReport } from '../../report/plain-text.ts';
import type { MachineState, RunResult } from '../../report/results.ts';
import { type Audience, Warned } from '../../report/warned.ts';
import type { PushedIndex } from '../../update/pushed.ts';
import { refusedResult } from '../../update/result.ts';
import { runUpdate } from '../../update/update.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import { keepMetrics } from '../metrics-dir.ts';
import { keepQuiet } from '../quiet.ts';
import { runToEnd } from '../run-to-end.ts';
import { beginUpdate } from './begin-update.ts';
import {
  arrivalOf,
  buildUpdateContext,
  buildVoice,
  installedUsers,
  type Voice,
  type World,
} from './machine-context.ts';
import { makeSlots, type Place, takePlace } from './slots.ts';

/** A whole CGI response, and the exit code that goes with it. */
export interface Answer {
  readonly output: string;
  readonly exitCode: 0 | 1;
}

/**
 * Answers one CGI request. Nothing is written before the outcome is known, since Navigator takes the status from the
 * first line and cannot take it back. Never throws.
 */
export async function answerCgi(world: World): Promise<Answer> {
  const events: RunEvent[] = [];
  const warned = new Warned();
  /** Problems that are known only after the end of the operation. */
  const late: (string | null)[] = [];
  const keep: Reporter = (event) => {
    events.push(event);
    warned.add(event);
  };
  const voice = buildVoice(world, [keep], true);
  const arrived = arrivalOf(world);
  const input = world.caller?.input ?? standardInput;
  const request = await parseRequest(world.env, input);
  let audience = 'public' as Audience;
  let place = null as Place | null;
  let isUpdate = false as boolean;
  const refused = (error: unknown): RunResult => {
    const result = refusedResult(world.env, error);
    voice.report({ type: 'run-ended', kind: 'update', result });
    return result;
  };
  const ending = { unexpected: voice.log.exception, refused, close: voice.log.flush };
  const result = await runToEnd<RunResult | MachineState>(ending, async () => {
    if (request.refusal) throw request.refusal;
    const changes = !request.state && !request.dryRun;
    const context = await (changes ? beginUpdate : buildUpdateContext)(world, voice);
    const pushed = request.push ? await receive(request.push, { world, voice, context, input }) : null;
    // Unsigned requests must not block a signed one.
    place = pushed ? null : takePlace(context.site, changes);
    // A sender that can sign an index decides who the administrators are.
    audience = pushed ? 'administrator' : await audienceOf(request, context);
    isUpdate = changes;
    const answer = await serve(request, context, { pushed, place, arrived });
    if (answer.outcome === 'updated' || answer.outcome === 'unchanged') late.push(makeSlots(context.site));
    if (answer.outcome === 'unchanged' || ('shared' in answer && answer.shared))
      await keepQuiet(context.site, arrived);
    const isHiding = warned.hasPrivate || (answer.outcome !== 'state' && answer.warningCount > 0);
    if (audience === 'public' && isHiding) {
      // The operation is done, even if the caller cannot be verified just now.
      const proved = await provesAdministrator(request, context).catch(() => false);
      if (proved) audience = 'administrator';
    }
    return answer;
  });
  if (isUpdate && !('shared' in result && result.shared)) late.push(await keepMetrics(world));
  const end = events.pop();
  for (const message of [...late, voice.log.problem()])
    if (message !== null) voice.report({ type: 'note', level: 'warning', message });
  if (end) events.push(end);
  const clean = voice.scrubber.value(result);
  const body =
    request.form === 'json'
      ? renderJson(clean, audience, warned.for(audience))
      : renderText(events, audience);
  place?.lock.release();
  await voice.log.close();
  const status = statusOf(codeOf(result));
  const clock = status.status === 401 ? { now: new Date() } : {};
  return {
    output: renderResponse({ status, form: request.form, body, ...clock }),
    exitCode: result.outcome === 'failed' ? 1 : 0,
  };
}

function codeOf(result: RunResult | MachineState): FailureCode | null {
  return result.outcome === 'state' ? null : (result.error?.code ?? null);
}

/** @throws {Failure} as `receivePush` */
async function receive(
  push: Push,
  { world, voice, context, input }: { world: World; voice: Voice; context: UpdateContext; input: Input },
): Promise<PushedIndex> {
  const { receivePush } = await import('./receive-push.ts');
  const note = (message: string) => voice.logOnly({ type: 'note', message });
  return await receivePush(push, { world, context, input, note });
}

async function serve(
  request: Request,
  context: UpdateContext,
  { pushed, place, arrived }: { pushed: PushedIndex | null; place: Place | null; arrived: Arrival },
): Promise<RunResult | MachineState> {
  if (request.state) {
    const { readState } = await import('../../update/machine-state.ts');
    return await readState(context);
  }
  const { force } = request;
  if (!request.dryRun) {
    const lane = place?.isLane ? place.lock : null;
    return await runUpdate(context, { trigger: 'cgi', force, arrival: arrived, lane, pushed });
  }
  const { dryRun } = await import('../../update/dry-run.ts');
  return await dryRun(context, { trigger: 'cgi', force, pushed });
}

/**
 * Who asks. A request for administrators needs proof before anything is done. A plain update does not wait for a
 * password check; its caller is verified afterwards if the answer has something for administrators only.
 *
 * @throws {Failure} `unauthorized`
 */
async function audienceOf(request: Request, context: UpdateContext): Promise<Audience> {
  if (!request.dryRun && !request.force) return 'public';
  if (await provesAdministrator(request, context)) return 'administrator';
  throw new Failure('unauthorized', 'dry_run and force are for administrators', {
    hint: 'Send the credentials of a user whose sites hold index, or UPDATE_CONFIG_TOKEN as a bearer token.',
  });
}

async function provesAdministrator(request: Request, context: UpdateContext): Promise<boolean> {
  if (!request.credentials) return false;
  const { isAdministrator } = await import('../../http/authorize.ts');
  const authorities = { users: await installedUsers(context), token: context.settings.token };
  return await isAdministrator(request, authorities);
}

function renderText(events: readonly RunEvent[], audience: Audience): string {
  const { report, text } = textReport(audience);
  for (const event of events) report(event);
  return text();
}
