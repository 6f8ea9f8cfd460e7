import { parseBody } from '../../callbacks/read-callback.ts';
import { misdirected, type Proof, proveSender } from '../../callbacks/verify-callback.ts';
import type { CallbackAnswer } from '../../callbacks/wire.ts';
import { Failure } from '../../failure.ts';
import { TooManyRequests } from '../../http/http-failures.ts';
import { DEFAULT_PROJECT, type Project } from '../../runs/deploys/deploy-model.ts';
import { counted, quoted } from '../../text.ts';
import { addressSeen, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';
import { type Admitted, admitCallback, MOST_BYTES } from './callback-admission.ts';
import { pathOfRun } from './find-deploy.ts';
import { type Keep, type Kept, keepLogs, keepStatus } from './keep-callback.ts';

/** Milliseconds that a body may take. */
const BODY_MS = 10_000;

/**
 * What runs tell of themselves, and what onboarding asks for. `:project` is a name, or a token that stands for one. Whoever
 * cannot prove who it is gets one and the same answer, whatever is wrong.
 */
export const ROUTES: readonly Route[] = ['/api', '/api/projects/:project'].flatMap((prefix) => [
  { method: 'GET', path: `${prefix}/deploys`, who: 'public', answer: describe } as const,
  receiving(`${prefix}/deploys/:id/logs`, keepLogs),
  receiving(`${prefix}/deploys/:id/status`, keepStatus),
]);

function receiving(path: string, keep: Keep): Route {
  return {
    method: 'POST',
    path,
    who: 'public',
    signed: true,
    maxBytes: MOST_BYTES,
    bodyMs: BODY_MS,
    admit: (asked: Admitted, context) => admitCallback(asked, context),
    answer: (call, context) => withoutPaths(context, () => receive(call, context, keep)),
  };
}

/** That there is a receiver, and what it takes; nothing of the project, which need not exist. */
function describe(_: Call, { now }: WebContext): Response {
  return sendJson({
    nvoi_dashboard: 1,
    signature: ['sha256', 'v1'],
    max_body: MOST_BYTES,
    now: new Date(now()).toISOString(),
  });
}

/** Nobody out there is told where on this host anything is. It may be sent again: nothing of it was kept. */
function withoutPaths({ log }: WebContext, answer: () => Response): Response {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'disk') throw error;
    log.warn(`a callback was not kept: ${error.message}`);
    throw new Failure('disk', 'this receiver cannot keep anything at present', {
      hint: 'Send it again later.',
      cause: error,
    });
  }
}

function receive(call: Call, context: WebContext, keep: Keep): Response {
  const { deploys, callbackRates, log } = context;
  const { id = '', project: named = DEFAULT_PROJECT } = call.params;
  const project = deploys.projects.get(named);
  const { headers, body } = call;
  const proof = prove(call, project, context);
  if (proof.kind === 'refused' || project === null)
    return refuse(call, project, proof.kind === 'refused' ? proof.why : 'it has no project', context);
  const pause =
    callbackRates.project.take(project.name) || callbackRates.bytes.take(project.name, body.length);
  if (pause > 0) throw new TooManyRequests(`project ${project.name} sends too many requests`, pause);
  const value = parseBody(body);
  const why = misdirected(value, { proof: proof.kind, deploy: id, headers });
  if (why !== null) return refuse(call, project, why, context);
  const kept = keep(deploys, { project: project.name, deploy: id, proof, value, body });
  if (kept.kind === 'wrong') return sendJson({ error: kept.error, field: kept.field }, 422);
  if (kept.conflicts > 0) {
    const lines = counted(kept.conflicts, 'line');
    log.warn(`${lines} of run ${quoted(kept.run.run)} came again with another text, and stay as they were`);
  }
  // Once: of a run that is full nothing is accepted any more.
  if (kept.refused > 0 && kept.accepted > 0)
    log.warn(`run ${quoted(kept.run.run)} has as many lines as a run may have: no more are kept`);
  return sendJson(answerTo(kept, call, context));
}

/** By keys that count; a project that does not exist has none. */
function prove({ headers, body }: Call, project: Project | null, { deploys, now }: WebContext): Proof {
  const keys = project === null ? [] : deploys.projects.activeKeys(project.name);
  return proveSender({ headers, body, now: now() }, keys, project?.acceptsPlan ?? false);
}

/** Says nothing of why, but to our log. What stands for a project in the address may be a token, so it is not logged. */
function refuse(
  { outer, params }: Call,
  project: Project | null,
  why: string,
  { log }: WebContext,
): Response {
  const whose = project === null ? 'an unknown project' : `project ${project.name}`;
  const deploy = quoted(params['id'] ?? '');
  log.warn(`a callback of deploy ${deploy}, ${whose}, from ${outer.address} was refused: ${why}`);
  return sendJson({ error: 'unauthorized' }, 401);
}

function answerTo(kept: Extract<Kept, { kind: 'kept' }>, call: Call, context: WebContext): CallbackAnswer {
  const { run, accepted, duplicates, refused } = kept;
  return {
    accepted,
    duplicates,
    ...(refused > 0 ? { refused } : {}),
    last_seq: run.lastSeq,
    url: addressSeen(pathOfRun(run), call, context),
  };
}
