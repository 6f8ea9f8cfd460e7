import { hkdfSync } from 'node:crypto';
import { isBodySigned, signBody } from '../signature.ts';

/*
 * Two signatures stand beside each other on each request: that of the nvoi gem's plan, over the body alone, by the text of the
 * deploy key; and that of Standard Webhooks (`signature.ts`), by a key that is derived from it and opens no deploy.enc.
 */

const DEPLOY_KEY = /^[0-9A-Fa-f]{64}$/;
const DERIVED_FOR = 'nvoi/callback/v1';
/** Bytes. */
const DERIVED_LENGTH = 32;

/** Whether a text, without white space around it, is a deploy key: 64 hexadecimal digits, of either case. */
export function isDeployKey(text: string): boolean {
  return DEPLOY_KEY.test(text);
}

/**
 * The value of `X-Nvoi-Signature`.
 *
 * @param key the text of the deploy key, as it is written: its letters' case counts
 */
export function planSignature(key: string, body: Buffer): string {
  return signBody(key, body);
}

/** Whether `X-Nvoi-Signature` is right; false for anything that does not look like one. */
export function isPlanSigned(header: string | null, key: string, body: Buffer): boolean {
  return isBodySigned(header, key, body);
}

/**
 * The key of Standard Webhooks that belongs to a deploy key, whose digits are decoded first.
 *
 * @param key 64 hexadecimal digits
 */
export function derivedKey(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), '', DERIVED_FOR, DERIVED_LENGTH));
}

const WRITTEN_KEY = /^whsec_(?<base64>[A-Za-z0-9+/]+={0,2})$/;
/** Bytes, as Standard Webhooks has it. */
export const [SHORTEST_WEBHOOK_KEY, LONGEST_WEBHOOK_KEY] = [24, 64] as const;

/** The key of Standard Webhooks that a text without white space around it stands for; null for any other text. */
export function webhookKeyOf(text: string): Buffer | null {
  const key = Buffer.from(WRITTEN_KEY.exec(text)?.groups?.['base64'] ?? '', 'base64');
  return key.length >= SHORTEST_WEBHOOK_KEY && key.length <= LONGEST_WEBHOOK_KEY ? key : null;
}

/** A key of Standard Webhooks as people write it: `whsec_` and base64. */
export function writtenKey(key: Buffer): string {
  return `whsec_${key.toString('base64')}`;
}
