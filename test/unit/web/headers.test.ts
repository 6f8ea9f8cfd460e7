import { beforeAll, describe, expect, it } from 'vitest';
import { SECURITY_HEADERS } from '../../../src/http/headers.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import { exchange, rawPost } from '../../support/servers/raw-http.ts';
import { LiveClient } from '../../support/web/live-client.ts';
import { ACCOUNTS, basic, type Role } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

let server: TestServer;
let change: string;

beforeAll(async () => {
  server = await startWeb();
  change = server.context.runs.publish('somebody', 'administrator');
});

const EXPECTED = Object.fromEntries(
  Object.entries(SECURITY_HEADERS).map(([name, value]) => [name.toLowerCase(), value]),
);
/** Of a page with a token in its address. */
const STRICTER: Readonly<Record<string, string>> = { 'referrer-policy': 'strict-origin' };

function expectGuarded(answer: Response): void {
  for (const [name, value] of Object.entries(EXPECTED))
    expect([value, STRICTER[name] ?? value], name).toContain(answer.headers.get(name));
  const isAsset = answer.headers.get('cache-control')?.includes('immutable') === true;
  if (isAsset) expect([new URL(answer.url).pathname.includes('/web/'), answer.status]).toEqual([true, 200]);
  else expect(answer.headers.get('cache-control')).toBe('no-store');
  for (const name of ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin'])
    expect(answer.headers.get(name), name).toBeNull();
  const location = answer.headers.get('location');
  if (location !== null && answer.status !== 202) expect(location).toMatch(/^\.{1,2}\//);
}

describe('an answer has every header that guards a browser, is kept by nobody, and leads nowhere else:', () => {
  const fill = (path: string): string =>
    path
      .replace(':key', server.studios.owned)
      .replace(/^\/runs\/:id/, `/runs/${server.context.runs.change(change)?.run}`)
      .replace(':id', change)
      .replace(':file', 'nothing')
      .replace(/:\w+/g, '1');

  it.each(ROUTES.map(({ method, path }) => [method, path] as const))('%s %s', async (method, path) => {
    for (const role of ['nobody', 'owner', 'administrator'] satisfies Role[])
      for (const accept of ['text/html', 'application/json']) {
        const address = fill(path);
        const init = { headers: { Accept: accept } };
        const answer =
          method === 'GET'
            ? await server.ask(address, role, init)
            : await server.post(address, {}, role, { Accept: accept });
        await answer.arrayBuffer();
        expectGuarded(answer);
      }
  });

  it('script and style', async () => {
    const page = await (await server.ask('/requests/', 'owner')).text();
    const files = [...page.matchAll(/"(?:\.\.?\/)*(web\/(?:style|client)-\w+\.\w+)"/g)];
    expect(files.length).toBeGreaterThan(1);
    for (const [, file] of files) {
      const answer = await server.ask(`/${file}`);
      await answer.arrayBuffer();
      expectGuarded(answer);
    }
  });

  it.each([
    ['GET', '/nothing', {}, ''],
    ['PUT', '/requests/', {}, ''],
    ['POST', '/password/reset', { 'Content-Type': 'text/plain' }, 'x'],
    ['POST', '/password/reset', { Origin: 'https://evil.example' }, ''],
    ['POST', '/api/deploys/1/logs', { 'Content-Type': 'application/json' }, '{'],
    ['POST', '/hooks/update', {}, '{'],
    ['GET', '/requests/', { Authorization: 'Basic !' }, ''],
  ] as const)('%s %s with %j', async (method, path, headers, body) => {
    const answer = await server.ask(path, 'nobody', { method, headers, ...(body && { body }) });
    await answer.arrayBuffer();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectGuarded(answer);
  });
});

describe('an address that is made to lead elsewhere', () => {
  it.each([
    '//evil.example/',
    '/\\evil.example/',
    '/%2f%2fevil.example',
    '/requests//evil.example/..',
    '/requests?next=//evil.example',
  ])('%s never does', async (path) => {
    const headers = { Authorization: basic(ACCOUNTS.administrator), 'X-Forwarded-Host': 'evil.example' };
    const { base } = server.context;
    for (const address of [`${base}${path}`, path]) {
      const answer = await exchange(server.port, rawPost(address, headers, '', 'GET'));
      expect(answer.headers['location'] ?? './').toMatch(/^\.{1,2}\/(?!\/)/);
    }
  });
});

describe('a WebSocket', () => {
  let own: TestServer;
  let run: string;
  beforeAll(async () => {
    own = await startWeb();
    run = own.context.runs.change(own.context.runs.publish('somebody', 'administrator'))?.run ?? '';
  });
  const live = (headers: Record<string, string>) => new LiveClient(own.url, { run }, headers);
  const login = { Authorization: basic(ACCOUNTS.administrator) };

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
    'that a page of %s opens with the login of the browser is refused',
    async (origin) => {
      expect(await live({ ...login, Origin: origin }).ended).toEqual({ status: 403 });
    },
  );

  it('of our own pages, and of programs, is taken', async () => {
    for (const headers of [{ Origin: new URL(own.url).origin }, {}]) {
      const client = live({ ...login, ...headers });
      await client.until('state');
      await client.close();
    }
  });
});
