import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { Failure } from '../../failure.ts';
import { type Listen, listenText } from '../../site/web-setting.ts';
import type { createApplication } from '../../web/application.ts';
import { holderOfPort } from './port-holder.ts';

/** Milliseconds. */
export interface HttpLimits {
  readonly headersMs: number;
  /** For a whole request, its body included. */
  readonly requestMs: number;
  /** For what is under way when the server ends. */
  readonly closeMs: number;
}

const USUAL: HttpLimits = { headersMs: 10_000, requestMs: 30_000, closeMs: 5000 };

/** Longer than Go's proxies keep a connection that is not used (90 s): else they send a request into one that just ends. */
const KEEP_ALIVE_MS = 95_000;
const CLOSE_EVERY_MS = 20;
/** Bytes: a browser says nothing here but that it is still there. */
const LARGEST_MESSAGE = 4096;

export interface Listener {
  readonly port: number;
  /** Such as `127.0.0.1:9898`. */
  readonly address: string;
  /** No new connections; resolves when those that are open have ended, or their time is up. Never rejects. */
  close(): Promise<void>;
}

/** @throws {Failure} `config-invalid`: the port is taken, or is not for this user */
export async function listen(
  app: ReturnType<typeof createApplication>,
  { host, port }: Listen,
  limits: HttpLimits = USUAL,
): Promise<Listener> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    // Its types allow `noServer` to be undefined, which it is not.
    websocket: { server: sockets as unknown as WebSocketServerLike },
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersMs),
      keepAliveTimeout: KEEP_ALIVE_MS,
      shouldUpgradeCallback: isWebSocket,
    },
  }) as Server;
  await begin(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    port: actual,
    address: listenText({ host, port: actual }),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Again and again: a connection that has got its last answer is idle only then.
      const closing = setInterval(() => server.closeIdleConnections(), CLOSE_EVERY_MS);
      const patience = new AbortController();
      const { signal } = patience;
      await Promise.race([closed, wait(limits.closeMs, undefined, { signal }).catch(() => {})]);
      patience.abort();
      clearInterval(closing);
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
    },
  };
}

/**
 * Only what can become a WebSocket is taken out of the hands of the server, with its time limits: any other upgrade is
 * an ordinary request, as RFC 9110 allows.
 */
function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

function begin(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Failure {
  const holder = error.code === 'EADDRINUSE' ? holderOfPort(port) : null;
  const why = holder === null ? (error.code ?? error.message) : `${holder} listens there`;
  return new Failure('config-invalid', `cannot listen on ${listenText({ host, port })}: ${why}`, {
    hint: 'End that process, or set WEB_LISTEN to another address.',
    cause: error,
  });
}
