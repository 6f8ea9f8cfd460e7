import { createHash, timingSafeEqual } from 'node:crypto';
import { isBodySigned } from '../signature.ts';
import { hasWebhookHeader, type Presented, proveWebhook } from '../webhook-proof.ts';

/** What senders prove themselves with. Each list may hold several while one is replaced, and may be empty. */
export interface HookKeys {
  /** Of Standard Webhooks. */
  readonly webhook: readonly Buffer[];
  /** As they are typed into GitHub's form. */
  readonly github: readonly string[];
  /** Of an object store, which signs nothing. */
  readonly store: readonly string[];
}

/** How a sender has proved itself. `refused`: not at all; why is for our log alone. */
export type HookProof =
  | { readonly kind: 'webhook'; readonly id: string }
  | { readonly kind: 'github'; readonly id: string; readonly event: string }
  | { readonly kind: 'token' }
  | { readonly kind: 'refused'; readonly why: string };

const GITHUB_SIGNATURE = 'x-hub-signature-256';
const GITHUB_ID = /^[A-Za-z0-9-]{1,100}$/;
const GITHUB_EVENT = /^[a-z_]{1,100}$/;
/** What is checked where there is no key, so that the answer takes as long. */
const NO_KEY = '0'.repeat(32);

/**
 * Whether a request is from somebody who has a key. Nothing of the body is parsed here.
 *
 * @param takesToken whether a token of an object store is enough
 */
export function proveHook(presented: Presented, keys: HookKeys, takesToken: boolean): HookProof {
  const { headers } = presented;
  if (hasWebhookHeader(presented)) return byWebhook(presented, keys.webhook);
  if (headers.get(GITHUB_SIGNATURE) !== null) return byGithub(presented, keys.github);
  if (takesToken && headers.get('authorization') !== null) return byToken(presented, keys.store);
  return refused('it has no signature that is taken here');
}

function byWebhook(presented: Presented, keys: readonly Buffer[]): HookProof {
  const proof = proveWebhook(presented, keys.length > 0 ? keys : [Buffer.from(NO_KEY)]);
  if (keys.length === 0) return refused('WEBHOOK_KEY_FILE is not set');
  return proof.kind === 'refused' ? proof : { kind: 'webhook', id: proof.id };
}

function byGithub({ headers, body }: Presented, secrets: readonly string[]): HookProof {
  let isRight = false;
  for (const secret of secrets.length > 0 ? secrets : [NO_KEY])
    if (isBodySigned(headers.get(GITHUB_SIGNATURE), secret, body)) isRight = true;
  if (secrets.length === 0) return refused('WEBHOOK_GITHUB_SECRET_FILE is not set');
  if (!isRight) return refused('its X-Hub-Signature-256 is by none of our secrets');
  const id = headers.get('x-github-delivery') ?? '';
  const event = headers.get('x-github-event') ?? '';
  if (!GITHUB_ID.test(id)) return refused('its X-GitHub-Delivery is none');
  if (!GITHUB_EVENT.test(event)) return refused('its X-GitHub-Event is none');
  return { kind: 'github', id, event };
}

function byToken({ headers }: Presented, tokens: readonly string[]): HookProof {
  const given = tokenIn(headers.get('authorization') ?? '');
  let isRight = false;
  for (const token of tokens.length > 0 ? tokens : [NO_KEY])
    if (timingSafeEqual(digestOf(given), digestOf(token))) isRight = true;
  if (tokens.length === 0) return refused('WEBHOOK_STORE_TOKEN_FILE is not set');
  return isRight ? { kind: 'token' } : refused('its token is none of ours');
}

/** A bearer token, or the password of a login by any name: stores offer one or the other. */
function tokenIn(authorization: string): string {
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/);
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return '';
  const login = Buffer.from(value, 'base64').toString('utf8');
  return login.slice(login.indexOf(':') + 1);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refused(why: string): HookProof {
  return { kind: 'refused', why };
}
