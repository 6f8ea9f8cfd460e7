import { isRecord } from '../json.ts';
import { hasWebhookHeader, type Presented, proveWebhook } from '../webhook-proof.ts';
import { derivedKey, isPlanSigned, webhookKeyOf } from './callback-signatures.ts';
import { DEPLOY_HEADER, DEPLOY_ID, RUN_HEADER, SIGNATURE_HEADER } from './wire.ts';

/** A key that counts: `full`: 64 hexadecimal digits, `derived`: `whsec_` and base64. Secret. */
export interface ReceiverKey {
  readonly kind: 'full' | 'derived';
  readonly secret: string;
}

/**
 * By which of both signatures a sender has proved itself. `refused`: by none; why is for our log alone.
 *
 * `webhook` binds the time (`sentAt`, milliseconds since 1970) and, by what the body says of itself, the run. `plan` binds
 * the body alone.
 */
export type Proof =
  | { readonly kind: 'webhook'; readonly sentAt: number }
  | { readonly kind: 'plan' }
  | { readonly kind: 'refused'; readonly why: string };

/** What a project without keys is checked with, so that its answer takes as long as that of any other. */
const NO_KEYS: readonly ReceiverKey[] = [{ kind: 'full', secret: '0'.repeat(64) }];

/**
 * Whether a request is from somebody who has a key. Nothing of the body is parsed here.
 *
 * @param keys of the project, which need not exist: then there are none
 * @param acceptsPlan whether the signature of the nvoi gem's plan is enough, by which a request can be sent again for ever
 */
export function proveSender(presented: Presented, keys: readonly ReceiverKey[], acceptsPlan: boolean): Proof {
  const checked = keys.length > 0 ? keys : NO_KEYS;
  const proof = hasWebhookHeader(presented)
    ? byWebhook(presented, checked)
    : provePlan(presented, checked, acceptsPlan);
  return keys.length > 0 ? proof : refused('the project has no key');
}

function byWebhook(presented: Presented, keys: readonly ReceiverKey[]): Proof {
  const proof = proveWebhook(presented, keys.map(webhookKey));
  return proof.kind === 'refused' ? proof : { kind: 'webhook', sentAt: proof.sentAt };
}

function provePlan({ headers, body }: Presented, keys: readonly ReceiverKey[], acceptsPlan: boolean): Proof {
  const given = headers.get(SIGNATURE_HEADER);
  const full = keys.filter(({ kind }) => kind === 'full');
  let isRight = false;
  for (const { secret } of full.length > 0 ? full : NO_KEYS)
    if (isPlanSigned(given, secret, body)) isRight = true;
  if (full.length === 0) return refused('it has no webhook headers, and the project has no deploy key');
  if (!isRight) return refused(`its ${SIGNATURE_HEADER} is absent, or by none of our keys`);
  return acceptsPlan ? { kind: 'plan' } : refused('it has no webhook headers, which this project asks for');
}

function webhookKey({ kind, secret }: ReceiverKey): Buffer {
  if (kind === 'full') return derivedKey(secret);
  const key = webhookKeyOf(secret);
  if (key === null) throw new Error('a key of the project is not a whsec_ key');
  return key;
}

/**
 * Whether a signed body is for the address that it came to: it binds itself to a deploy and a run, and headers and path
 * say the same. A body that names a run needs the signature that cannot be used again.
 *
 * @param value as `parseBody` gives it
 * @param deploy as the path has it
 * @returns why it is not; null if it is
 */
export function misdirected(
  value: unknown,
  { proof, deploy, headers }: { proof: Proof['kind']; deploy: string; headers: Presented['headers'] },
): string | null {
  if (!DEPLOY_ID.test(deploy)) return 'its address names no deploy';
  const named = headers.get(DEPLOY_HEADER);
  if (named !== null && named !== deploy) return `its ${DEPLOY_HEADER} is not that of its address`;
  const said = isRecord(value) ? value : {};
  if (proof === 'plan' && Object.hasOwn(said, 'run')) return 'it names a run, and has no webhook headers';
  const isFree = proof === 'plan' && !Object.hasOwn(said, 'deploy_id');
  if (!isFree && said['deploy_id'] !== deploy) return 'its deploy_id is not that of its address';
  const run = headers.get(RUN_HEADER);
  if (run !== null && run !== (said['run'] ?? null)) return `its ${RUN_HEADER} is not that of its body`;
  return null;
}

function refused(why: string): Proof {
  return { kind: 'refused', why };
}
