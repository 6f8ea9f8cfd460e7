import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { StandIn } from '../../../dev/web/stand-in.ts';
import { makeGate } from '../../support/suite/gate.ts';

/** What came to showcase-web, and to the machines. */
let seen: IncomingMessage[] = [];
let [web, pages]: Server[] = [];
let standIn: StandIn;
let targetHost = '';
const outerHost = (): string => new URL(standIn.origin).host;
/** What follows the first half of an answer. */
let rest: Promise<void> = Promise.resolve();

const sockets = new WebSocketServer({ noServer: true });
const listening = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  web = createServer(async (request, response) => {
    seen.push(request);
    response.writeHead(201, { 'x-own': 'yes', 'keep-alive': 'timeout=5' });
    response.write('first, ');
    await rest;
    response.end('second');
  });
  web.on('upgrade', (request, socket, head) => {
    seen.push(request);
    if (request.url?.includes('full')) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (near) => {
      near.send('at once');
      near.on('message', (data) => (String(data) === 'end' ? near.close(1012) : near.send(`echo ${data}`)));
    });
  });
  pages = createServer((request, response) => response.end(`a machine's ${request.url}`));
  targetHost = await listening(web);
  standIn = await StandIn.start({ root: '/showcase', pages: `http://${await listening(pages)}` });
  standIn.aim(`http://${targetHost}/base`);
});
afterAll(async () => {
  await standIn.close();
  for (const server of [web, pages]) {
    server?.closeAllConnections();
    server?.close();
  }
});
beforeEach(() => {
  seen = [];
  rest = Promise.resolve();
});

describe('the stand-in for Navigator', () => {
  it('hands paths of the web part on, below its own base, with the host that was asked for', async () => {
    const answer = await fetch(`${standIn.url}/requests/abc/state?wait=25`, {
      headers: { Authorization: 'Basic abc', 'X-Forwarded-For': '192.0.2.7' },
    });
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([
      201,
      'yes',
      'first, second',
    ]);
    expect(seen[0]?.url).toBe('/base/requests/abc/state?wait=25');
    expect(seen[0]?.headers).toMatchObject({
      host: outerHost(),
      'x-forwarded-host': outerHost(),
      'x-forwarded-for': '192.0.2.7, 127.0.0.1',
      authorization: 'Basic abc',
    });
  });

  it('holds an answer back until it has ended', async () => {
    const gate = makeGate();
    rest = gate.opened;
    const answer = fetch(`${standIn.url}/admin/`);
    let isThere = false;
    void answer.then(() => {
      isThere = true;
    });
    await expect.poll(() => seen.length).toBe(1);
    // A request that came later was answered meanwhile.
    expect((await fetch(`${standIn.url}/studios/`)).status).toBe(200);
    expect(isThere).toBe(false);
    gate.open();
    expect(await (await answer).text()).toBe('first, second');
  });

  it.each([
    '/studios/saint-louis/request',
    '/studios/%E6%9D%B1%E4%BA%AC/request',
    '/password/reset',
    '/web/a-1.js',
  ])('hands %s on', async (path) => {
    expect((await fetch(`${standIn.url}${path}`, { method: 'POST', body: 'a=b' })).status).toBe(201);
  });

  it.each(['/studios/boston', '/admin', '/2027/boston/', '/request', '/up'])(
    'asks the machines for %s',
    async (path) => {
      const answer = await fetch(`${standIn.url}${path}`);
      expect(await answer.text()).toBe(`a machine's /showcase${path}`);
      expect(seen).toEqual([]);
    },
  );

  it('says 502 where nobody answers', async () => {
    const gone = createServer();
    const host = await listening(gone);
    gone.close();
    standIn.aim(`http://${host}`);
    expect((await fetch(`${standIn.url}/admin/`)).status).toBe(502);
    standIn.aim(`http://${targetHost}/base`);
    expect((await fetch(`${standIn.url}/admin/`)).status).toBe(201);
  });
});

describe('a WebSocket through it', () => {
  const open = (path: string, connection = 'Upgrade') =>
    new WebSocket(`${standIn.url.replace('http', 'ws')}${path}`, {
      finishRequest: (request) => request.setHeader('Connection', connection).end(),
      origin: standIn.origin,
    });

  it.each([
    ['of most browsers has the host of the target', 'Upgrade', () => targetHost, undefined],
    ['of Firefox has the host that was asked for', 'keep-alive, Upgrade', outerHost, '127.0.0.1'],
  ])('%s', async (_, connection, host, address) => {
    const socket = open('/live?run=a', connection);
    const [first] = await once(socket, 'message');
    expect(String(first)).toBe('at once');
    socket.send('hello');
    const [second] = await once(socket, 'message');
    expect(String(second)).toBe('echo hello');
    expect(seen[0]?.url).toBe('/base/live?run=a');
    expect(seen[0]?.headers).toMatchObject({
      host: host(),
      'x-forwarded-host': outerHost(),
      origin: standIn.origin,
    });
    expect(seen[0]?.headers['x-forwarded-for']).toBe(address);
    socket.terminate();
  });

  it('is closed without the code that the server gave', async () => {
    const socket = open('/live');
    await once(socket, 'message');
    socket.send('end');
    expect((await once(socket, 'close'))[0]).toBe(1006);
  });

  it('that is refused is a 502', async () => {
    const socket = open('/live?full');
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(answer.statusCode).toBe(502);
    socket.on('error', () => {}).terminate();
  });

  it('for another path is not handed on', async () => {
    const request = httpRequest(`${standIn.url}/elsewhere`, {
      headers: { Connection: 'Upgrade', Upgrade: 'websocket' },
    });
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(404);
    answer.resume();
  });
});
