/** The two ways on which a WebSocket gets through Navigator. */
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

interface Onward {
  readonly target: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Aborted when the stand-in ends. */
  readonly signal: AbortSignal;
}

interface Upgrading {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const ACCEPTOR = new WebSocketServer({ noServer: true, perMessageDeflate: false });

/** Answers a handshake that leads nowhere. */
export function refuse(socket: Duplex, status: number, reason: string): void {
  socket.on('error', () => {}); // it is gone already
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * Two connections, between which each message is handed on. Whatever the target answers but an upgrade is a 502; when one
 * side is over the other is cut, without a code.
 */
export function relayMessages(
  { target, headers, signal }: Onward,
  { request, socket, head }: Upgrading,
): void {
  const url = new URL(target);
  url.protocol = 'ws:';
  const far = new WebSocket(url, { headers: headers as Record<string, string>, perMessageDeflate: false });
  const waiting: [RawData, boolean][] = [];
  far.on('message', (data, isBinary) => waiting.push([data, isBinary]));
  far.on('error', () => {
    if (far.readyState !== WebSocket.OPEN) refuse(socket, 502, 'Bad Gateway');
  });
  far.once('open', () => {
    ACCEPTOR.handleUpgrade(request, socket, head, (near) => {
      // What was sent before still arrives.
      const end = (): void => {
        socket.end();
        far.terminate();
      };
      for (const side of [near, far]) side.on('close', end).on('error', end);
      signal.addEventListener('abort', end);
      far.removeAllListeners('message');
      for (const [data, isBinary] of waiting) near.send(data, { binary: isBinary });
      far.on('message', (data, isBinary) => near.send(data, { binary: isBinary }));
      near.on('message', (data, isBinary) => far.send(data, { binary: isBinary }));
      if (signal.aborted || far.readyState !== WebSocket.OPEN) end();
    });
  });
}

/** One connection after the handshake, in which nothing is looked at. */
export function tunnel({ target, headers, signal }: Onward, { socket, head }: Upgrading): void {
  const onward = httpRequest(target, { headers, signal, agent: false });
  socket.on('error', () => onward.destroy());
  onward.on('error', () => refuse(socket, 502, 'Bad Gateway'));
  onward.on('response', ({ statusCode = 502, statusMessage = '' }) => {
    onward.destroy();
    refuse(socket, statusCode, statusMessage);
  });
  onward.on('upgrade', (answer, far, farHead) => {
    const lines = answer.rawHeaders.flatMap((name, at, all) =>
      at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
    );
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(farHead);
    far.write(head);
    for (const [from, to] of [
      [socket, far],
      [far, socket],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    signal.addEventListener('abort', () => socket.destroy());
  });
  onward.end();
}
