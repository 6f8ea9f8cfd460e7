import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { codeOf } from '../files/disk.ts';
import { httpFor } from '../http-for.ts';
import { sign } from '../signature.ts';
import { versionNow } from '../version.ts';
import { type PostResult, readAnswer } from './callback-answer.ts';
import type { Outgoing } from './callback-bodies.ts';
import { planSignature } from './callback-signatures.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { Dashboard } from './delivery-model.ts';
import { DEPLOY_HEADER, RUN_HEADER, SIGNATURE_HEADER } from './wire.ts';

type Limits = Pick<DeliveryLimits, 'connectMs' | 'requestMs' | 'answerBytes'>;

/** Makes requests to a dashboard, over one connection that is kept. */
export interface Post {
  /**
   * One attempt. Never rejects, follows no redirect, and asks no proxy.
   *
   * @param mostMs if it may take less than usual
   * @param signal gives it up
   */
  send(outgoing: Outgoing, mostMs: number, signal: AbortSignal): Promise<PostResult>;
  close(): void;
}

export function openPost(dashboard: Dashboard, limits: Limits): Post {
  const { Agent, request } = httpFor(dashboard.url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const open = (outgoing: Outgoing): ClientRequest =>
    request(addressOf(dashboard.url, outgoing), {
      method: 'POST',
      agent,
      headers: headersOf(dashboard, outgoing),
    });
  return {
    send: async (outgoing, mostMs, signal) => {
      const within = Math.max(1, Math.min(limits.requestMs, mostMs));
      const first = await attempt(open(outgoing), outgoing.body, within, limits, signal);
      // A kept connection that the receiver was closing just then says nothing of the receiver.
      if (first !== STALE) return first;
      const again = await attempt(open(outgoing), outgoing.body, within, limits, signal);
      return again === STALE ? { kind: 'failed', reason: 'ECONNRESET' } : again;
    },
    close: () => agent.destroy(),
  };
}

function addressOf(callback: URL, { deployId, kind }: Outgoing): URL {
  const address = new URL(callback);
  const last = kind === 'status' ? 'status' : 'logs';
  address.pathname = `${callback.pathname.replace(/\/+$/, '')}/${encodeURIComponent(deployId)}/${last}`;
  return address;
}

/** All of them but the two that say when it is sent stay the same on each attempt. */
function headersOf({ deployKey, webhookKeys }: Dashboard, { id, body, deployId, run }: Outgoing) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    'User-Agent': `showcase-config/${versionNow().version}`,
    [SIGNATURE_HEADER]: planSignature(deployKey, body),
    [DEPLOY_HEADER]: deployId,
    [RUN_HEADER]: run,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': webhookKeys.map((key) => sign(key, { id, timestamp, body })).join(' '),
  };
}

const STALE = Symbol('stale');

function attempt(
  request: ClientRequest,
  body: Buffer,
  withinMs: number,
  { connectMs, answerBytes }: Limits,
  signal: AbortSignal,
): Promise<PostResult | typeof STALE> {
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    const end = (result: PostResult | typeof STALE): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(result);
    };
    const fail = (reason: string): void => {
      end({ kind: 'failed', reason });
      request.destroy();
    };
    const giveUp = (): void => fail('no answer until the run was over');
    const limit = (ms: number, what: string): void =>
      void timers.push(setTimeout(() => fail(`${what} within ${shortSeconds(ms)} s`), ms).unref());
    limit(withinMs, 'no answer');
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    request.on('socket', (socket: Socket) => {
      // The process never waits for the dashboard but in `close`.
      socket.unref();
      if (request.reusedSocket || !socket.connecting) return;
      limit(Math.min(connectMs, withinMs), 'no connection');
      const connecting = timers.at(-1);
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
    });
    request.on('response', (response) => read(response, answerBytes, end));
    request.on('error', (error) => {
      const isStale = request.reusedSocket && codeOf(error) === 'ECONNRESET';
      end(isStale ? STALE : { kind: 'failed', reason: codeOf(error) || 'no HTTP' });
    });
    request.end(body);
  });
}

/** What is left of a time may be any part of a second. */
function shortSeconds(ms: number): number {
  return Number((ms / 1000).toPrecision(2));
}

function read(response: IncomingMessage, most: number, end: (result: PostResult) => void): void {
  const { statusCode: status = 0, headers } = response;
  const pieces: Buffer[] = [];
  let size = 0;
  const answered = (body: Buffer): void => end(readAnswer(status, headers, body, Date.now()));
  response.on('data', (piece: Buffer) => {
    size += piece.length;
    pieces.push(piece);
    if (size <= most) return;
    answered(Buffer.alloc(0));
    response.destroy();
  });
  response.on('end', () => answered(Buffer.concat(pieces)));
  // Whoever says no has said so; a yes that is cut off may have been somebody else's.
  response.on('error', () => {
    if (status >= 300) answered(Buffer.alloc(0));
    else end({ kind: 'failed', reason: 'ECONNRESET' });
  });
}
