/**
 * A stand-in for Navigator in front of showcase-web, with what its proxy does to requests on their way
 * (rubys/navigator internal/server/proxy.go): the outer host stays in plain requests, and is the target's in WebSockets; a
 * response is held back until it has ended; a WebSocket is passed on message by message, without the codes that it was
 * closed with. All other paths are those of the played machines.
 */
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ProxyRoute, proxyRoutes, routeOf } from './proxy-routes.ts';
import { refuse, relayMessages, tunnel } from './stand-in-sockets.ts';

export interface StandInOptions {
  /** The base path of the site. */
  readonly root: string;
  /** Origin of the machines' pages. */
  readonly pages: string;
  /** 0 for any that is free. */
  readonly port?: number;
}

/** Headers that are between two neighbours only. */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization te trailer trailers transfer-encoding upgrade'.split(
    ' ',
  ),
);
/** Of a handshake, which each neighbour makes anew. */
const HANDSHAKE = /^sec-websocket-(?:key|accept|version|extensions)$/;

export class StandIn {
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Whether the machines' pages cannot be reached. */
  arePagesDown = false;
  /** Whether it answers no WebSocket at all, as some proxies do. */
  areUpgradesSwallowed = false;
  readonly #server: Server;
  readonly #options: StandInOptions;
  readonly #ending = new AbortController();
  #routes: readonly ProxyRoute[] = [];

  static async start(options: StandInOptions): Promise<StandIn> {
    const server = createServer();
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return new StandIn(server, options);
  }

  private constructor(server: Server, options: StandInOptions) {
    this.#server = server;
    this.#options = options;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.#forward(request, response).catch(() => response.destroy());
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** The site's address, without a slash at the end. */
  get url(): string {
    return `${this.origin}${this.#options.root}`;
  }

  /** From now on showcase-web answers there; its base path included. */
  aim(web: string): void {
    this.#routes = proxyRoutes(this.#options.root, web);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#ending.abort();
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: asked = '/', method, headers } = request;
    const routed = routeOf(this.#routes, pathOf(asked));
    if (!routed && this.arePagesDown) {
      badGateway(response);
      return;
    }
    const target = targetOf(routed?.url ?? new URL(pathOf(asked), this.#options.pages), asked);
    const peer = request.socket.remoteAddress ?? '';
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const onward = httpRequest(target, {
      method,
      headers: onwardHeaders(headers, peer),
      signal: gone.signal,
      agent: false,
    });
    request.pipe(onward);
    request.on('error', () => onward.destroy());
    try {
      const [answer] = (await once(onward, 'response')) as [IncomingMessage];
      // Nothing is passed on before the end.
      const body = await buffer(answer);
      response.writeHead(answer.statusCode ?? 502, {
        ...withoutHops(answer.headers),
        'content-length': body.length,
      });
      response.end(method === 'HEAD' ? undefined : body);
    } catch {
      if (response.headersSent) response.destroy();
      else badGateway(response);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.areUpgradesSwallowed) {
      socket.on('error', () => {}); // whoever gives up may do so in any way
      this.#ending.signal.addEventListener('abort', () => socket.destroy());
      return;
    }
    const { url: asked = '/', headers } = request;
    const routed = routeOf(this.#routes, pathOf(asked));
    if (!routed) {
      refuse(socket, 404, 'Not Found');
      return;
    }
    const target = targetOf(routed.url, asked);
    const { signal } = this.#ending;
    // Browsers that say "keep-alive, Upgrade" go another way, on which the outer host stays.
    const isExact = headers.connection?.toLowerCase() === 'upgrade';
    if (routed.websocket && isExact) {
      const own = Object.entries(withoutHops(headers)).filter(
        ([name]) => name !== 'host' && !HANDSHAKE.test(name),
      );
      const onward = { ...Object.fromEntries(own), 'x-forwarded-host': headers.host ?? '' };
      relayMessages({ target, headers: onward, signal }, { request, socket, head });
      return;
    }
    const onward = onwardHeaders(headers, request.socket.remoteAddress ?? '');
    const upgrading = { ...onward, connection: 'Upgrade', upgrade: headers.upgrade };
    tunnel({ target, headers: upgrading, signal }, { request, socket, head });
  }
}

function badGateway(response: ServerResponse): void {
  response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end('Bad Gateway\n');
}

/** Decoded, without the query. */
function pathOf(asked: string): string {
  try {
    return decodeURIComponent(asked.split('?', 1)[0] ?? '/');
  } catch {
    return '/';
  }
}

function targetOf(url: URL, asked: string): URL {
  const target = new URL(url);
  const query = asked.indexOf('?');
  if (query >= 0) target.search = asked.slice(query);
  return target;
}

function withoutHops(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/\s*,\s*/));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)),
  );
}

/** As Go's ReverseProxy sends them on: the host as it came, and who asked at the end of the list. */
function onwardHeaders(headers: IncomingHttpHeaders, peer: string): OutgoingHttpHeaders {
  const before = headers['x-forwarded-for'];
  return {
    ...withoutHops(headers),
    'x-forwarded-for': before === undefined ? peer : `${before}, ${peer}`,
    'x-forwarded-host': headers.host,
  };
}
