import { createHash } from 'node:crypto';
import { TooManyRequests } from '../../http/http-failures.ts';
import { networkOf } from '../../http/logins.ts';
import { BY_STORE, type HookAnswer } from '../../runs/hooks/hook-desk.ts';
import { bodyId, type Hook } from '../../runs/hooks/kept-receipts.ts';
import { quoted } from '../../text.ts';
import { type HookWish, readAsked, readGithub, readObject } from '../../webhooks/read-hook.ts';
import { readNotification } from '../../webhooks/read-notification.ts';
import { type HookProof, proveHook } from '../../webhooks/verify-hook.ts';
import { placeFor } from '../incoming-body.ts';
import { addressSeen, sendJson } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import type { WebContext } from '../web-context.ts';

/** Bytes of a body: a push of hundreds of commits has a quarter of that. */
const MOST_BYTES = 1024 * 1024;
/** Milliseconds that a body may take. */
const BODY_MS = 10_000;
/** What the store calls the index. */
const INDEX_KEY = 'db/index.sqlite3';
/** For all who have proved themselves, together. */
const ALL = '';

/** Whoever cannot prove who it is gets one and the same answer, whatever is wrong. */
export const ROUTES: readonly Route[] = [hook('update', takeUpdate), hook('store', takeNotification)];

type Proved = Exclude<HookProof, { kind: 'refused' }>;
type Take = (call: Call, proof: Proved, context: WebContext) => Response;

function hook(name: Hook, take: Take): Route {
  return {
    method: 'POST',
    path: `/hooks/${name}`,
    who: 'public',
    signed: true,
    maxBytes: MOST_BYTES,
    bodyMs: BODY_MS,
    admit: (asked, context) => {
      const pause = context.hooks.rates.address.take(networkOf(asked.outer.address));
      if (pause > 0) throw new TooManyRequests('this address sends too many requests', pause);
      return placeFor(asked, context, MOST_BYTES);
    },
    answer: (call, context) => {
      const { hooks, log, now } = context;
      const { headers, body, outer } = call;
      const proof = proveHook({ headers, body, now: now() }, hooks.keys, name === 'store');
      if (proof.kind === 'refused') {
        log.warn(`a request to hooks/${name} from ${outer.address} was refused: ${proof.why}`);
        return sendJson({ error: 'unauthorized' }, 401);
      }
      const pause = hooks.rates.verified.take(ALL);
      if (pause > 0) throw new TooManyRequests(`hooks/${name} is asked too often`, pause);
      return take(call, proof, context);
    },
  };
}

function takeUpdate(call: Call, proof: Proved, context: WebContext): Response {
  const { runs, hooks, target: usual } = context;
  const fields = readObject(call.body);
  if (fields === null) return refused('body', 'the body is not a JSON object');
  const wish: HookWish =
    proof.kind === 'github' ? readGithub(proof.event, fields, hooks.github) : readAsked(fields);
  if (wish.kind === 'nothing') return ignored(wish.why);
  if (wish.kind === 'wrong') return refused(wish.field, wish.error);
  const target = wish.target ?? usual;
  if (target !== usual && !usual.split(',').includes(target))
    return refused('target', `target is none of this server's: ${usual}`);
  const { by } = wish;
  return answered(runs.hooks.update({ ...named('update', proof, call.body), by, target }), call, context);
}

function takeNotification(call: Call, proof: Proved, context: WebContext): Response {
  const { runs, hooks } = context;
  if (proof.kind === 'github') return ignored('GitHub knows nothing of the store');
  const fields = readObject(call.body);
  if (fields === null) return refused('body', 'the body is not a JSON object');
  const index = readNotification(fields, { bucket: hooks.bucket, key: INDEX_KEY });
  if (index === null) return ignored('it is not about the index');
  if (hooks.storeTarget === null) return ignored('no machine here fetches the index from the store');
  const { id, etag } = index;
  // The event counts, not the delivery: a store tells of one twice, and of several together.
  const delivery = { hook: 'store', sender: proof.kind, ids: [`store:${id}`], by: BY_STORE } as const;
  const answer = runs.hooks.notified({ ...delivery, target: hooks.storeTarget }, etag);
  return answer.run === null
    ? ignored('the machines were given it already')
    : answered(answer, call, context);
}

/**
 * By what a delivery is known again. GitHub signs the body alone, so its name could be another one when somebody else sends it
 * again; but two dispatches may well have the same body.
 */
function named(hook: Hook, proof: Proved, body: Buffer) {
  const sender = proof.kind;
  if (proof.kind === 'token') return { hook, sender, ids: [] };
  const isUnique = proof.kind === 'github' && proof.event !== 'repository_dispatch';
  const more = isUnique ? [bodyId(createHash('sha256').update(body).digest('hex'))] : [];
  return { hook, sender, ids: [`${sender}:${proof.id}`, ...more] };
}

/** 202 with the run; the same for the same delivery again. */
function answered({ run, isNew }: HookAnswer, call: Call, context: WebContext): Response {
  const id = run ?? '';
  const url = addressSeen(`/runs/${id}`, call, context);
  if (isNew) context.log.note(`${quoted(call.path)} from ${call.outer.address} asked for run ${id}`);
  return sendJson({ id, url, repeated: !isNew }, 202, { Location: url });
}

function ignored(why: string): Response {
  return sendJson({ ignored: why });
}

function refused(field: string, error: string): Response {
  return sendJson({ error, field }, 422);
}
