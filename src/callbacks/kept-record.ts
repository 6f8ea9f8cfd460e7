import { isRecord, parseJson } from '../json.ts';
import { isCount } from './outbox-ack.ts';
import { CALLBACK_OPERATIONS, type CallbackLine, type CallbackOperation, type StatusBody } from './wire.ts';

/*
 * What the records of a run are: `{"meta":...}` first, then `{"line":...}` and `{"status":...}`, each as it is sent, already
 * scrubbed; and `{"sent":...}`, the end of a run as it was first sent. Neither the key nor the address is in it.
 */

/** Of a run, in the first record. */
export interface KeptMeta {
  readonly deployId: string;
  readonly run: string;
  readonly operation: CallbackOperation;
  /** SHA-256 of the address that it is for. */
  readonly urlDigest: string;
  /** ISO 8601. */
  readonly begun: string;
  readonly pid: number;
  readonly bootId: string | null;
  readonly target: string;
  readonly by: string | null;
}

export type KeptRecord =
  | { readonly type: 'meta'; readonly meta: KeptMeta }
  | { readonly type: 'line'; readonly line: CallbackLine; readonly json: Buffer }
  | { readonly type: 'status' | 'sent'; readonly body: StatusBody; readonly json: Buffer };

/** A record of a type, around what is JSON already. */
export function recordOf(type: KeptRecord['type'], json: string): string {
  return `{"${type}":${json}}`;
}

/** Null for a record of another type, and for what is none: half of one, or what a power cut has left. */
export function readRecord(bytes: Buffer): KeptRecord | null {
  const found = parseJson(bytes.toString());
  if (!isRecord(found)) return null;
  const [type = '', ...others] = Object.keys(found);
  const value = found[type];
  if (others.length > 0 || !isRecord(value)) return null;
  // As it was written: what is signed and sent are these very bytes.
  const json = bytes.subarray(recordOf(type as KeptRecord['type'], '').length - 1, -1);
  switch (type) {
    case 'meta':
      return isMeta(value) ? { type, meta: value } : null;
    case 'line':
      return isLine(value) ? { type, line: value, json } : null;
    case 'status':
    case 'sent':
      return isStatus(value) ? { type, body: value, json } : null;
    default:
      return null;
  }
}

function isMeta(value: object): value is KeptMeta {
  const { deployId, run, operation, urlDigest, begun } = value as Partial<Record<keyof KeptMeta, unknown>>;
  const texts = [deployId, run, urlDigest, begun];
  return (
    texts.every((text) => typeof text === 'string') && CALLBACK_OPERATIONS.some((one) => one === operation)
  );
}

function isLine(value: object): value is CallbackLine {
  const { seq, message, logged_at } = value as Partial<Record<keyof CallbackLine, unknown>>;
  return isCount(seq) && seq > 0 && typeof message === 'string' && typeof logged_at === 'string';
}

function isStatus(value: object): value is StatusBody {
  const { status, status_seq, at } = value as Partial<Record<keyof StatusBody, unknown>>;
  return isCount(status_seq) && typeof at === 'string' && typeof status === 'string';
}
