import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../../src/web/route.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import { exchange, open, rawPost } from '../../support/servers/raw-http.ts';
import { ACCOUNTS, basic } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

/** What pages do, as short as it can be. */
const PROBES: readonly Route[] = [
  { method: 'GET', path: '/probe/', who: 'administrator', answer: () => new Response('a list') },
  {
    method: 'GET',
    path: '/probe/:id',
    who: 'user',
    answer: ({ params }) => new Response(`row ${params['id']}`),
  },
  {
    method: 'POST',
    path: '/probe/',
    who: 'user',
    answer: ({ form }) => new Response(`took ${form.text('name')}`),
  },
  {
    method: 'POST',
    path: '/signed',
    who: 'public',
    signed: true,
    answer: ({ body }) => new Response(`${body.length}`),
  },
  {
    method: 'GET',
    path: '/broken',
    who: 'public',
    answer: () => {
      throw new Error('the password is hunter2');
    },
  },
];

let server: TestServer;
/** For those who send slowly. Who asks for anything else may be late on a busy machine. */
let impatient: TestServer;

beforeAll(async () => {
  const routes = [...ROUTES, ...PROBES];
  server = await startWeb({ routes });
  impatient = await startWeb({ routes, limits: { headersMs: 300, requestMs: 600, closeMs: 1000 } });
});

const raw = (bytes: string, { port }: TestServer = server) => exchange(port, bytes);
const LOGIN = { Authorization: basic(ACCOUNTS.administrator) };

describe('an address', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/probe/%00', 200],
    ['GET', '/probe/%ff', 200],
    ['GET', '/probe/../../etc/passwd', 404],
    ['GET', '/probe/..%2f..%2fetc', 200],
    ['GET', '//probe/', 404],
    ['PUT', '/probe/', 405],
    ['OPTIONS', '/probe/', 405],
    ['DELETE', '/up', 405],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const { context } = server;
    const answer = await raw(rawPost(`${context.base}${path}`, LOGIN, '', method));
    expect(answer.status).toBe(status);
    if (status === 405)
      expect(answer.headers['allow']).toBe(path === '/up' ? 'HEAD, GET' : 'HEAD, GET, POST');
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('outside of the base is not there', async () => {
    for (const path of [
      '/',
      '/requests/',
      '/showcase',
      '/showcases/requests/',
      '/elsewhere/showcase/requests/',
    ])
      expect((await raw(rawPost(path, LOGIN, '', 'GET'))).status).toBe(404);
  });

  it('of a list without its slash leads to the list, by an address that fits every proxy', async () => {
    const answer = await server.ask('/probe?page=2', 'administrator');
    expect([answer.status, answer.headers.get('location')]).toEqual([308, './probe/?page=2']);
  });

  it('is answered to HEAD as to GET, without a body', async () => {
    const answer = await raw(rawPost(`${server.context.base}/requests/`, LOGIN, '', 'HEAD'));
    expect([answer.status, answer.body]).toEqual([200, '']);
  });
});

describe('an upgrade to something that this server does not speak', () => {
  it.each(['h2c', 'nonsense', 'websocket, h2c'])(
    '(%s) is an ordinary request, with its time limits',
    async (protocol) => {
      const { base } = server.context;
      const headers = { Connection: 'upgrade, close', Upgrade: protocol, ...LOGIN };
      expect((await raw(rawPost(`${base}/requests/`, headers, '', 'GET'))).status).toBe(200);
      const slow = rawPost(`${base}/probe/`, { ...headers, 'Content-Length': '100' }, 'name=');
      expect((await raw(slow, impatient)).status).toBe(408);
    },
  );
});

describe('an error', () => {
  it('is a page that says what is wrong and what to do', async () => {
    const answer = await server.ask('/nothing');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('<h1>Page not found</h1>');
  });

  it.each([
    ['/nothing.json', {}],
    ['/nothing', { Accept: 'application/json' }],
    ['/nothing', { Accept: 'application/json;q=0.9, text/html;q=0.1' }],
  ])('is JSON at %s with %j', async (path, headers) => {
    const answer = await server.ask(path, 'nobody', { headers });
    expect(await answer.json()).toMatchObject({
      error: { code: 'not-found', message: expect.any(String), hint: expect.any(String) },
    });
  });

  it.each(['text/html, application/json', '*/*', 'nonsense', ''])(
    'is a page with Accept: %j',
    async (accept) => {
      const answer = await server.ask('/nothing', 'nobody', { headers: { Accept: accept } });
      expect(answer.headers.get('content-type')).toContain('text/html');
    },
  );

  it('holds what was typed only as text', async () => {
    const path = `${server.context.base}/<script>alert(1)</script>`;
    const { status, body } = await raw(rawPost(path, {}, '', 'GET'));
    expect([status, body.includes('<script>alert')]).toEqual([404, false]);
  });

  it('that was not foreseen says nothing of itself, and is logged', async () => {
    const answer = await server.ask('/broken');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('hunter2');
    expect(server.log.join('\n')).toContain('refusals.test.ts');
  });

  it('has links that fit the depth of its address', async () => {
    const answer = await server.ask('/one/two/three');
    expect(await answer.text()).toContain('href="../../web/style-');
  });
});

describe('a body', () => {
  it.each([
    ['text/plain', 'name=x', 415],
    ['multipart/form-data; boundary=x', '--x--', 415],
    ['application/json', '[]', 400],
    ['application/json', '{"name":{"deep":1}}', 400],
    ['application/json', '{"name":', 400],
    ['application/json', '{"name":"Gala"}', 200],
    ['application/json', '{"name":["Ball","Gala"]}', 200],
  ])('of the type %s holding %s is answered with %i', async (type, body, status) => {
    const init = { method: 'POST', body, headers: { 'Content-Type': type } };
    const answer = await server.ask('/probe/', 'user', init);
    expect(answer.status).toBe(status);
    if (status === 200) expect(await answer.text()).toBe('took Gala');
  });

  it('of more than 64 KiB is refused, announced or not', async () => {
    const fields = { name: 'x'.repeat(65 * 1024) };
    expect((await server.post('/probe/', fields, 'user')).status).toBe(413);
    const chunk = `${(1024).toString(16)}\r\n${'x'.repeat(1024)}\r\n`;
    const headers = {
      ...LOGIN,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Transfer-Encoding': 'chunked',
    };
    const bytes = rawPost(`${server.context.base}/probe/`, headers, `${chunk.repeat(70)}0\r\n\r\n`);
    expect((await raw(bytes)).status).toBe(413);
  });

  it('that is signed comes as it was sent', async () => {
    const init = {
      method: 'POST',
      body: Buffer.alloc(1000, 0xff),
      headers: { Origin: 'https://evil.example' },
    };
    const answer = await server.ask('/signed', 'nobody', init);
    expect(await answer.text()).toBe('1000');
  });
});

describe('a sender that stops in the middle', () => {
  it.each([
    ['its headers', 'GET /showcase/up HTTP/1.1\r\nHost: x\r\nX-More:'],
    ['its body', rawPost('/showcase/probe/', { 'Content-Length': '100', ...LOGIN }, 'name=')],
  ])('of %s is told that it took too long', async (_, bytes) => {
    expect((await raw(bytes, impatient)).status).toBe(408);
  });

  it('by breaking off fills no log', async () => {
    const before = server.log.length;
    const headers = { ...LOGIN, 'Content-Type': 'application/json' };
    for (const more of [{ 'Content-Length': '100' }, { 'Transfer-Encoding': 'chunked' }]) {
      const socket = await open(server.port);
      const bytes = rawPost(`${server.context.base}/probe/`, { ...headers, Expect: '100-continue', ...more });
      socket.on('error', () => {}).write(bytes);
      await once(socket, 'data');
      socket.resetAndDestroy();
      await once(socket, 'close');
      expect((await server.ask('/up')).status).toBe(200);
    }
    expect(server.log.slice(before)).toEqual([]);
  });

  it('keeps nobody else waiting', async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(impatient.port)));
    for (const socket of sockets)
      socket.on('error', () => {}).write('POST /showcase/probe/ HTTP/1.1\r\nHost');
    expect((await impatient.ask('/up')).status).toBe(200);
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
  });
});

it.each([
  'GET /showcase/up HTTP/1.1\r\n\r\n',
  'GET /showcase/up HTTP/1.1\r\nHost: a b\r\n\r\n',
  'GET http://evil.example/showcase/up HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET /showcase/up HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(20_000)}\r\n\r\n`,
  'POST /showcase/up HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  'NONSENSE\r\n\r\n',
  '\0\0\0\0',
])('bytes that are no good request end with an answer, and the server lives: %j', async (bytes) => {
  const socket = await open(server.port);
  socket.on('error', () => {}).write(bytes);
  socket.end();
  await once(socket.resume(), 'close');
  expect((await server.ask('/up')).status).toBe(200);
});
