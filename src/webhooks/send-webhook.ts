import type { ClientRequest, IncomingMessage } from 'node:http';
import { codeOf } from '../files/disk.ts';
import { httpFor } from '../http-for.ts';
import { sign } from '../signature.ts';
import { versionNow } from '../version.ts';
import { addressFor, type Endpoint } from './endpoints.ts';

/** What is sent. */
export interface Outgoing {
  readonly id: string;
  readonly type: string;
  /** JSON. */
  readonly body: string;
}

/** How an endpoint has answered. */
export interface Answered {
  /** Null for no answer. */
  readonly status: number | null;
  /** Why it was no success, in words; null if it was one. Never anything of what the endpoint has said. */
  readonly problem: string | null;
  /** Milliseconds that it asks us to wait; 0 for none. */
  readonly retryAfterMs: number;
}

/**
 * One attempt, over a connection of its own. Never rejects, follows no redirect, asks no proxy, and reads nothing of an answer but
 * its status: whatever else the address leads to, nobody learns here.
 *
 * @param withinMs until the status must be there
 * @param signal gives it up
 */
export function sendWebhook(
  endpoint: Endpoint,
  outgoing: Outgoing,
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<Answered> {
  return new Promise((resolve) => {
    const end = (answered: Answered): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(answered);
      sent?.destroy();
    };
    const fail = (problem: string): void => end({ status: null, problem, retryAfterMs: 0 });
    const giveUp = (): void => fail('this server was ending');
    const timer = setTimeout(() => fail(`no answer within ${withinMs / 1000} s`), withinMs);
    signal.addEventListener('abort', giveUp);
    let sent: ClientRequest | null = null;
    if (signal.aborted) return giveUp();
    try {
      sent = open(endpoint, outgoing);
    } catch (error) {
      return fail(codeOf(error) || 'the address cannot be asked');
    }
    sent.on('response', (response) => end(answerOf(response)));
    sent.on('error', (error) => fail(reasonOf(error)));
    sent.end(endpoint.way === 'post' ? outgoing.body : undefined);
  });
}

function open(endpoint: Endpoint, { id, type, body }: Outgoing): ClientRequest {
  const address = addressFor(endpoint, type);
  const { request } = httpFor(address);
  const agent = { 'User-Agent': `showcase-web/${versionNow().version}` };
  if (endpoint.way === 'get') return request(address, { method: 'GET', agent: false, headers: agent });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const bytes = Buffer.from(body);
  return request(address, {
    method: 'POST',
    agent: false,
    headers: {
      ...agent,
      'Content-Type': 'application/json',
      'Content-Length': bytes.length,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': endpoint.keys.map((key) => sign(key, { id, timestamp, body: bytes })).join(' '),
    },
  });
}

function answerOf({ statusCode: status = 0, headers }: IncomingMessage): Answered {
  const isTaken = status >= 200 && status < 300;
  const problem = isTaken ? null : status >= 300 && status < 400 ? REDIRECT : `it answered ${status}`;
  return { status, problem, retryAfterMs: isTaken ? 0 : retryAfter(headers['retry-after'] ?? '') };
}

const REDIRECT = 'it leads elsewhere, which is not followed: set the address that it leads to';

/** Seconds, or a date. */
function retryAfter(text: string): number {
  if (/^[0-9]{1,7}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now());
}

/** Codes alone: a message may have a part of the address, or of what was said. */
function reasonOf(error: Error): string {
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name is not known (${code})`;
  if (code === 'ECONNREFUSED') return 'nobody listens there (ECONNREFUSED)';
  if (/CERT|SSL|TLS|SIGNATURE|ALTNAME/.test(code))
    return `its certificate, or its TLS, is not accepted (${code})`;
  return code === '' ? 'what it said is not HTTP' : `the connection broke (${code})`;
}
