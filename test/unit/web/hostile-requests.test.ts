import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/callbacks/read-callback.ts';
import { readPlanLogs, readPlanStatus } from '../../../src/callbacks/read-plan.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { readForm } from '../../../src/web/form-fields.ts';
import { readAsked, readObject } from '../../../src/webhooks/read-hook.ts';
import { readNotification } from '../../../src/webhooks/read-notification.ts';
import { exchange, open, rawPost } from '../../support/servers/raw-http.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startWeb();
});

/** Behind the first request, on the same connection: what must not be answered to somebody else. */
const SECOND = 'GET /showcase/up HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** Status of each answer on one connection, until the server closes it. */
async function statuses(bytes: string): Promise<number[]> {
  const socket = await open(server.port);
  let said = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    said += text;
  });
  socket.on('error', () => {}).write(bytes);
  await once(socket, 'close');
  return [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

describe('a request whose end proxies could see in two places', () => {
  const post = (headers: string, body: string): string =>
    `POST /showcase/password/reset HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`;

  it.each([
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 5\r\n', ''],
    ['a list of lengths', 'Content-Length: 0, 5\r\n', ''],
    ['a length that is none', 'Content-Length: +5\r\n', ''],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'],
    ['an unknown encoding', 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'],
    ['a folded header', 'X-One: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'],
    ['a bare carriage return', 'X-One: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'],
    ['a size of a chunk that is none', 'Transfer-Encoding: chunked\r\n', '0x1\r\na\r\n0\r\n\r\n'],
  ])('by %s ends the connection, and nothing behind it is answered', async (_, headers, body) => {
    expect(await statuses(post(headers, body) + SECOND)).toEqual([400]);
  });

  it('is refused, and what its body holds is no request', async () => {
    const inner = 'GET /showcase/metrics HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const path of ['password/reset', 'api/deploys/1/logs', 'hooks/update', 'nothing', 'up']) {
      const first = `POST /showcase/${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
      const [refused = 0, ...more] = await statuses(first + SECOND);
      expect(refused, path).toBeGreaterThanOrEqual(400);
      expect([[], [200]], path).toContainEqual(more);
    }
  });
});

describe('an address that leads out of its folder', () => {
  it.each([
    '/web/../../../../etc/passwd',
    '/web/..%2f..%2f..%2fetc%2fpasswd',
    '/web/%2e%2e/%2e%2e/etc/passwd',
    '/web/..\\..\\etc\\passwd',
    '/web//etc/passwd',
    '/web/style-000000000000.css%00.js',
    '/deploys/..%2f..%2fetc%2fpasswd',
    '/runs/..%2f..%2fruns.sqlite3',
  ])('%s is no file of this host', async (path) => {
    const { status, body } = await exchange(server.port, rawPost(`/showcase${path}`, {}, '', 'GET'));
    expect([400, 401, 404]).toContain(status);
    expect(body).not.toMatch(/root:|SQLite format/);
  });
});

describe('what a stranger sends', () => {
  const HOSTILE = 'a\r\n{"level":"info"}\u001b[2J\u202e\u2028b';

  it('is one line of the log, whatever stands in it', async () => {
    const before = server.log.length;
    const login = `Basic ${Buffer.from(`${HOSTILE}:x`).toString('base64')}`;
    const path = encodeURIComponent(HOSTILE);
    await server.ask('/requests/', 'nobody', { headers: { Authorization: login } });
    for (const address of [
      `/api/deploys/${path}/logs`,
      `/api/projects/${path}/deploys/${path}/status`,
      '/hooks/update',
    ])
      await server.ask(address, 'nobody', {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '1.2.3.4, a"b', 'webhook-id': 'a' },
      });
    const said = server.log.slice(before);
    expect(said.length).toBeGreaterThanOrEqual(3);
    for (const line of said) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('sets nothing on other objects, however it is named', () => {
    const inner = '{"polluted":1,"text":"a","target":"fly","constructor":{"prototype":{"polluted":1}}}';
    const text = `{"__proto__":${inner},"constructor":{"prototype":${inner}},"logs":[{"__proto__":${inner}}],"data":{"__proto__":${inner}}}`;
    const body = Buffer.from(text);
    const fields = readObject(body) ?? {};
    expect(readAsked(fields)).toEqual({ kind: 'run', target: null, by: 'hook:update' });
    expect(readNotification(fields, { bucket: 'one', key: 'db/index.sqlite3' })).toBeNull();
    const value = parseBody(body);
    for (const read of [readPlanLogs, readPlanStatus]) expect(read(value)).toMatchObject({ kind: 'wrong' });
    expect(() => readForm(body, 'application/json')).toThrow('not a JSON object of texts');
    expect(readForm(Buffer.from('{"__proto__":"x"}'), 'application/json').fields.text('toString')).toBe('');
    createScrubber([]).value(JSON.parse(text));
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
