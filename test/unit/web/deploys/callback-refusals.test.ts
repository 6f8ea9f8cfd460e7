import { once } from 'node:events';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planSignature } from '../../../../src/callbacks/callback-signatures.ts';
import { Failure } from '../../../../src/failure.ts';
import { TokenBuckets } from '../../../../src/http/token-buckets.ts';
import { ROUTES } from '../../../../src/web/routes.ts';
import { DEPLOY, headersOf, KEY, VECTORS } from '../../../support/callbacks/vectors.ts';
import { exchange, open, rawPost } from '../../../support/servers/raw-http.ts';
import { CallbackSender, lineOf } from '../../../support/web/deploys/callback-sender.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

const [, vector] = VECTORS;
const MIB = 1024 * 1024;
/** Bodies have less time here than they have in earnest. */
const BODY_MS = 300;

const now = () => Number(vector.timestamp) * 1000;
/** By the clock of the rates, milliseconds. */
let at = 0;
let server: TestServer;

beforeAll(async () => {
  server = await startWeb({
    context: {
      now,
      callbackRates: {
        address: new TokenBuckets(() => at, 100),
        project: new TokenBuckets(() => at, 200),
        bytes: new TokenBuckets(() => at, 1024, 4 * MIB),
      },
    },
    routes: ROUTES.map((route) => (route.bodyMs === undefined ? route : { ...route, bodyMs: BODY_MS })),
  });
  server.context.deploys.projects.addKey('default', KEY);
});

beforeEach(() => {
  at += 10_000;
});

const path = () => `${server.context.base}/api/deploys/${DEPLOY}/logs`;
const plan = (value: string): Record<string, string> => ({
  'Content-Type': 'application/json',
  'X-Nvoi-Signature': value,
});
const length = (body: string) => ({ 'Content-Length': `${Buffer.byteLength(body)}` });

/** Sends the body of a vector with these headers, as bytes. */
const sent = (headers: Record<string, string>, body: string = vector.body) =>
  exchange(server.port, rawPost(path(), { ...length(body), ...headers }, body));

describe('a callback', () => {
  const good = planSignature(KEY, Buffer.from(vector.body));

  it.each<[string, Record<string, string>]>([
    ['without a signature', { 'Content-Type': 'application/json' }],
    ['with an empty one', plan('')],
    ['with a scheme alone', plan('sha256=')],
    ['with one that is short', plan(good.slice(0, -1))],
    ['with one that is long', plan(`${good}00`)],
    ['in capitals', plan(good.toUpperCase())],
    ['with digits in capitals', plan(`sha256=${good.slice(7).toUpperCase()}`)],
    ['with letters that are no digits', plan(`sha256=${'z'.repeat(64)}`)],
    ['with bytes that are no text', plan(`sha256=${'\u00ff'.repeat(64)}`)],
    ['with two signatures', plan(`${good}, ${good}`)],
    ['with an odd time', { ...headersOf(vector), 'webhook-timestamp': 'now' }],
    ['with an odd id', { ...headersOf(vector), 'webhook-id': '\u00e9.' }],
    ['with an odd list of signatures', { ...headersOf(vector), 'webhook-signature': ' v1 , ,, v1,= ' }],
    [
      'with a list of a thousand signatures',
      { ...headersOf(vector), 'webhook-signature': 'v1,x '.repeat(1000) },
    ],
  ])('%s is answered with 401', async (_, headers) => {
    const answer = await sent(headers);
    expect([answer.status, answer.body]).toEqual([401, '{"error":"unauthorized"}\n']);
    expect(answer.headers['date']).toMatch(/GMT$/);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  it('of 2 MiB is answered with 413, before anything of it is read', async () => {
    const announced = { ...headersOf(vector), 'Content-Length': `${2 * MIB}` };
    expect((await exchange(server.port, rawPost(path(), announced))).status).toBe(413);
    const body = 'x'.repeat(2 * MIB);
    const answer = await fetch(`${server.url}/api/deploys/${DEPLOY}/logs`, {
      method: 'POST',
      headers: headersOf(vector),
      body,
    });
    expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: 'body-too-large' } }]);
  });

  it('of exactly 1 MiB is read', async () => {
    const body = `{"logs":[],"x":"${'x'.repeat(MIB - 18)}"}`;
    expect((await sent(plan(planSignature(KEY, Buffer.from(body))), body)).status).toBe(200);
  });

  it('without a length is answered with 411', async () => {
    const chunked = { ...headersOf(vector), 'Transfer-Encoding': 'chunked' };
    const bytes = rawPost(path(), chunked, `5\r\n{"a":\r\n0\r\n\r\n`);
    expect((await exchange(server.port, bytes)).status).toBe(411);
    expect((await exchange(server.port, rawPost(path(), headersOf(vector)))).status).toBe(411);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', '', 'application/jsonx'])(
    'of the type %j is answered with 415, as JSON',
    async (type) => {
      const answer = await sent({ ...headersOf(vector), 'Content-Type': type });
      expect(answer.status).toBe(415);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'body-not-accepted' } });
    },
  );

  it('that is asked for by another method is told which ones there are', async () => {
    const answer = await exchange(server.port, rawPost(path(), {}, '', 'PUT'));
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });

  it('whose body comes too slowly is answered with 408, and keeps nobody else waiting', async () => {
    const slow = rawPost(path(), { ...headersOf(vector), 'Content-Length': '1000' }, '{"logs":');
    const answers = Promise.all(Array.from({ length: 10 }, () => firstLine(slow)));
    expect((await sent(headersOf(vector))).status).toBe(200);
    expect(new Set(await answers)).toEqual(new Set(['HTTP/1.1 408 Request Timeout']));
  });

  it('that breaks off is forgotten', async () => {
    const before = server.log.length;
    const socket = await open(server.port);
    socket.on('error', () => {});
    socket.write(rawPost(path(), { ...headersOf(vector), 'Content-Length': '1000' }, '{"logs":'));
    socket.resetAndDestroy();
    await once(socket, 'close');
    expect((await sent(headersOf(vector))).status).toBe(200);
    expect(server.log.slice(before)).toEqual([]);
  });

  it.each<[string, string, object]>([
    ['logs', '[', { field: 'body' }],
    ['logs', '{}', { field: 'logs' }],
    ['logs', '{"logs":[{"level":"debug"}]}', { field: 'logs[0].level' }],
    ['status', '{"status":"cancelled"}', { field: 'status' }],
  ])('of %s whose body is %s is answered with 422, and with the field', async (kind, body, wrong) => {
    const headers = { ...plan(planSignature(KEY, Buffer.from(body))), ...length(body) };
    const to = path().replace(/logs$/, kind);
    const answer = await exchange(server.port, rawPost(to, headers, body));
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([422, wrong]);
  });

  it('of ours with a wrong field keeps nothing of its other lines', async () => {
    const sender = new CallbackSender(server, { deploy: 'whole', now });
    const logs = [lineOf(1), { ...lineOf(2), level: 'fatal' }];
    const answer = await sender.post('logs', { logs, ...sender.envelope, first_seq: 1, last_seq: 2 });
    expect([answer.status, await answer.json()]).toMatchObject([422, { field: 'logs[1].level' }]);
    expect(server.context.deploys.runsOf('default', 'whole')).toEqual([]);
  });
});

it.each(['activeKeys', 'logs'])(
  'a disk that takes nothing (%s) is answered with 500, and says nothing of itself',
  async (step) => {
    const { deploys } = server.context;
    const [own] = step === 'logs' ? [deploys] : [deploys.projects];
    const before = Reflect.get(own, step);
    Reflect.set(own, step, () => {
      throw new Failure('disk', 'cannot write /data/db/runs.sqlite3: ENOSPC', { hint: 'Make space.' });
    });
    const answer = await sent(headersOf(vector));
    Reflect.set(own, step, before);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([500, { error: { code: 'disk' } }]);
    expect(answer.body).not.toMatch(/data|sqlite/);
    expect(server.log.at(-1)).toContain('cannot write /data/db/runs.sqlite3');
    expect((await sent(headersOf(vector))).status).toBe(200);
  },
);

describe('the address that senders are given', () => {
  it.each(['/api/deploys', '/api/projects/anything/deploys'])(
    '%s says that there is a receiver',
    async (address) => {
      const answer = await server.ask(address);
      expect([answer.status, await answer.json()]).toEqual([
        200,
        { nvoi_dashboard: 1, signature: ['sha256', 'v1'], max_body: MIB, now: '2026-01-02T03:04:07.000Z' },
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );
});

describe('too many callbacks', () => {
  const from = (address: string, headers = plan('sha256=')) =>
    sent({ ...headers, 'X-Forwarded-For': address }).then(({ status }) => status);

  it('of one address are told to wait, before they are verified, and those of others are not', async () => {
    const statuses = [];
    for (let count = 0; count < 101; count += 1) statuses.push(await from('192.0.2.7'));
    expect(statuses).toEqual([...Array.from({ length: 100 }, () => 401), 429]);
    expect(await from('192.0.2.8')).toBe(401);
    const refused = await sent({ ...plan('sha256='), 'X-Forwarded-For': '192.0.2.7' });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    at += 20;
    expect([await from('192.0.2.7'), await from('192.0.2.7'), await from('192.0.2.7')]).toEqual([
      401, 401, 429,
    ]);
  });

  it('of one IPv6 network are told to wait, whoever in it sends them', async () => {
    const { address } = server.context.callbackRates;
    while (address.take('2001:db8:1:2') === 0);
    expect(await from('2001:db8:1:2::7')).toBe(429);
    expect(await from('2001:db8:1:2:a:b:c:d')).toBe(429);
    expect(await from('2001:db8:1:3::7')).toBe(401);
  });

  it('of one project that have too many bytes are told to wait until they are few again', async () => {
    const { bytes } = server.context.callbackRates;
    const all = vector.body.length;
    while (bytes.take('default', all) === 0);
    const answer = await sent(headersOf(vector));
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1']);
    at += 1000;
    expect((await sent(headersOf(vector))).status).toBe(200);
    at += 10_000_000;
  });

  it('of one project are told to wait, whatever their addresses; who is not verified does not count', async () => {
    const { project } = server.context.callbackRates;
    while (project.take('default') === 0);
    at += 5;
    expect(await from('192.0.2.9')).toBe(401);
    expect(await from('192.0.2.9', headersOf(vector))).toBe(200);
    expect(await from('192.0.2.10', headersOf(vector))).toBe(429);
  });
});

/** Of the answer, which comes while our side stays open. */
async function firstLine(bytes: string): Promise<string> {
  const socket = await open(server.port);
  socket.on('error', () => {}).write(bytes);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString('latin1').split('\r\n', 1)[0] ?? '';
}
