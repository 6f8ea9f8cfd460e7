import { isSigned } from './signature.ts';

/* What a receiver looks at in a request of Standard Webhooks: its name, its time, and its signature by one of the keys. */

/** What one request brought, before anything of it is believed. */
export interface Presented {
  readonly headers: { get(name: string): string | null };
  /** As it came. */
  readonly body: Buffer;
  /** By our clock, milliseconds since 1970. */
  readonly now: number;
}

export type WebhookProof =
  /** `sentAt`: milliseconds since 1970. */
  | { readonly kind: 'proved'; readonly id: string; readonly sentAt: number }
  /** Why is for our log alone. */
  | { readonly kind: 'refused'; readonly why: string };

/** Seconds that clocks may differ, and that a request can be sent again within. */
const MOST_APART = 300;
/** A dot would let the end of an id pass for the time. */
const WEBHOOK_ID = /^[A-Za-z0-9_-]{1,400}$/;
const SECONDS = /^[0-9]{1,12}$/;
const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** Whether a request has any header of Standard Webhooks: then it is to have all of them. */
export function hasWebhookHeader({ headers }: Pick<Presented, 'headers'>): boolean {
  return HEADERS.some((name) => headers.get(name) !== null);
}

/** Whether a request is signed by one of the keys, and was sent just now. Nothing of the body is parsed. */
export function proveWebhook({ headers, body, now }: Presented, keys: readonly Buffer[]): WebhookProof {
  const [id = '', timestamp = '', signature = ''] = HEADERS.map((name) => headers.get(name) ?? '');
  if (!WEBHOOK_ID.test(id)) return refused('its webhook-id is none');
  if (!SECONDS.test(timestamp)) return refused('its webhook-timestamp is none');
  const apart = Math.abs(Math.floor(now / 1000) - Number(timestamp));
  if (apart > MOST_APART) return refused(`its time and ours are ${apart} s apart`);
  if (!isSigned(signature, { id, timestamp, body }, keys))
    return refused('its webhook-signature is by none of our keys');
  return { kind: 'proved', id, sentAt: Number(timestamp) * 1000 };
}

function refused(why: string): WebhookProof {
  return { kind: 'refused', why };
}
