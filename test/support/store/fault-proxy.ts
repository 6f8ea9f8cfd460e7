import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Plan, SeenRequest } from './faults.ts';

export * from './faults.ts';

export interface FaultProxy {
  readonly endpoint: string;
  /** In the order of their arrival. */
  readonly requests: SeenRequest[];
  /** Replaces the plan, and forgets the requests. */
  plan(plan: Plan): void;
  close(): Promise<void>;
}

/** An HTTP server that hands every request on to `target` (such as `http://127.0.0.1:1234`) and spoils the answers. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const requests: SeenRequest[] = [];
  let plan: Plan = () => undefined;
  const server = createServer(async (request) => {
    const seen: SeenRequest = {
      number: requests.length + 1,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      sent: 0,
    };
    requests.push(seen);
    await serve(request, seen, await plan(seen), target).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    plan(next) {
      plan = next;
      requests.length = 0;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

async function serve(
  request: IncomingMessage,
  seen: SeenRequest,
  fault: Fault | undefined,
  target: string,
): Promise<void> {
  const { socket } = request;
  const body = await buffer(request);
  if (fault?.kind === 'reset' && fault.when === 'before-request') return void socket.resetAndDestroy();
  if (fault?.kind === 'hang' && fault.after === 'request') return;
  if (fault?.kind === 'huge') return sendZeroes(socket, seen, fault);
  const answer =
    fault?.kind === 'answer'
      ? { status: fault.status, headers: fault.headers ?? {}, body: Buffer.from(fault.body ?? '') }
      : await forward(request, body, target);
  if (fault?.kind === 'answer') answer.headers['content-length'] = String(answer.body.length);
  await spoil(socket, seen, answer, fault);
}

async function forward(request: IncomingMessage, body: Buffer, target: string): Promise<Answer> {
  const { hostname, port } = new URL(target);
  // The Host header stays the proxy's own: it is signed.
  const options: RequestOptions = {
    hostname,
    port,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    agent: false,
  };
  const sent = httpRequest(options);
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const bytes = await buffer(response);
  const { connection: _, 'transfer-encoding': __, ...kept } = response.headers as Record<string, string>;
  return { status: response.statusCode ?? 0, headers: kept, body: bytes };
}

async function spoil(
  socket: Socket,
  seen: SeenRequest,
  answer: Answer,
  fault: Fault | undefined,
): Promise<void> {
  const { headers, body } = answer;
  switch (fault?.kind) {
    case 'lost-answer':
      socket.resetAndDestroy();
      return;
    case 'reset':
      await write(socket, head(answer));
      socket.resetAndDestroy();
      return;
    case 'cut':
      await sendBody(socket, seen, answer, body.subarray(0, fault.after));
      socket.end();
      return;
    case 'hang':
      await sendBody(socket, seen, answer, body.subarray(0, Number(fault.after)));
      return;
    case 'corrupt':
      body[fault.at] = (body[fault.at] ?? 0) ^ 0x01;
      break;
    case 'length':
      if (fault.by === 'absent') delete headers['content-length'];
      else headers['content-length'] = String(Number(headers['content-length']) + fault.by);
      break;
    case 'rewrite':
      for (const [name, value] of Object.entries(fault.headers)) {
        if (value === null) delete headers[name];
        else headers[name] = value;
      }
      break;
    case 'slow':
      await sleep(fault.delay);
      await sendSlowly(socket, seen, answer, fault.bytesPerSecond);
      socket.end();
      return;
  }
  await sendBody(socket, seen, answer, body);
  socket.end();
}

function head({ status, headers }: Answer): string {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} by the proxy\r\n${lines.join('')}\r\n`;
}

async function sendBody(socket: Socket, seen: SeenRequest, answer: Answer, body: Buffer): Promise<void> {
  await write(socket, head(answer));
  await write(socket, body);
  seen.sent += body.length;
}

async function sendSlowly(
  socket: Socket,
  seen: SeenRequest,
  answer: Answer,
  bytesPerSecond: number,
): Promise<void> {
  await write(socket, head(answer));
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let at = 0; at < answer.body.length && !socket.destroyed; at += step) {
    await write(socket, answer.body.subarray(at, at + step));
    seen.sent = Math.min(at + step, answer.body.length);
    await sleep(50);
  }
}

async function sendZeroes(
  socket: Socket,
  seen: SeenRequest,
  { size, announced }: Fault & { kind: 'huge' },
): Promise<void> {
  const headers = {
    etag: '"00000000000000000000000000000000-2"',
    'last-modified': new Date().toUTCString(),
    ...(announced ? { 'content-length': String(size) } : {}),
  };
  await write(socket, head({ status: 200, headers, body: Buffer.alloc(0) }));
  const zeroes = Buffer.alloc(64 * 1024);
  while (seen.sent < size && !socket.destroyed) {
    const chunk = zeroes.subarray(0, Math.min(zeroes.length, size - seen.sent));
    await write(socket, chunk);
    seen.sent += chunk.length;
  }
  socket.end();
}

/** Resolves when the bytes are on their way; rejects when the client is gone. */
function write(socket: Socket, data: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
