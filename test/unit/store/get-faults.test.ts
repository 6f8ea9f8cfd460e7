import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { always, type Fault, first, nth, s3Error } from '../../support/store/fault-proxy.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

const KEY = 'db/index.sqlite3';
const BYTES = Buffer.from('the index, the whole index and nothing but the index');
const MAX = 1_000_000;
const MULTIPART = '"0123456789abcdef0123456789abcdef-2"';

const spoiled = spoiledStore();
beforeAll(async () => {
  const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
  await spoiled.direct.put(KEY, BYTES, options);
});
const get = (plan: Parameters<typeof spoiled.under>[0], maxBytes = MAX) =>
  spoiled.under(plan, (store) => store.get(KEY, { maxBytes }));
const found = { kind: 'found', bytes: BYTES };
const answerOf = (body: string, etag: string): Fault => ({
  kind: 'answer',
  status: 200,
  headers: { etag, 'last-modified': new Date().toUTCString() },
  body,
});
const digest = createHash('md5').update(BYTES).digest('hex');

const CONNECTION: [string, Fault][] = [
  ['a reset before the store has seen the request', { kind: 'reset', when: 'before-request' }],
  ['a reset instead of an answer', { kind: 'lost-answer' }],
  ['408 RequestCanceled', s3Error(408, 'RequestCanceled')],
  ['429', s3Error(429, 'TooManyRequests')],
  ['500', s3Error(500, 'InternalError')],
  ['502 of a gateway', { kind: 'answer', status: 502, body: '<html>Bad Gateway</html>' }],
  ['503 SlowDown', s3Error(503, 'SlowDown')],
  ['504', s3Error(504, 'GatewayTimeout')],
  ['400 RequestTimeout', s3Error(400, 'RequestTimeout')],
];
const CORRUPTION: [string, Fault][] = [
  ['a reset after the head', { kind: 'reset', when: 'after-head' }],
  ['a body cut off', { kind: 'cut', after: 10 }],
  ['a body cut off at its beginning', { kind: 'cut', after: 0 }],
  ['a byte that has changed', { kind: 'corrupt', at: 5 }],
  ['a Content-Length too short', { kind: 'length', by: -3 }],
  ['a Content-Length too long', { kind: 'length', by: 3 }],
  ['a Content-Length of the wrong body', answerOf('the index', `"${digest}"`)],
  ['an ETag of something else', { kind: 'rewrite', headers: { etag: '"00000000000000000000000000000000"' } }],
  ['no ETag', { kind: 'rewrite', headers: { etag: null } }],
  ['no time', { kind: 'rewrite', headers: { 'last-modified': null } }],
  ['a time that is none', { kind: 'rewrite', headers: { 'last-modified': 'yesterday' } }],
  ['a time of which only JavaScript makes one', { kind: 'rewrite', headers: { 'last-modified': 'May 5' } }],
  [
    'a part of the object, where nothing else shows that it is one',
    {
      kind: 'answer',
      status: 206,
      headers: {
        etag: MULTIPART,
        'last-modified': new Date().toUTCString(),
        'content-range': 'bytes 0-8/1000',
      },
      body: 'the index',
    },
  ],
  [
    'a body without length, cut off',
    { kind: 'rewrite', headers: { 'transfer-encoding': 'chunked', 'content-length': null } },
  ],
  [
    'a digest of something else, where the ETag is no MD5',
    { kind: 'rewrite', headers: { etag: MULTIPART, 'x-amz-meta-sha256': '0'.repeat(64) } },
  ],
  ['a page of another server', { kind: 'answer', status: 200, body: '<html>Please log in</html>' }],
];

describe('a GET', () => {
  test.each([...CONNECTION, ...CORRUPTION])('is repeated after %s', async (_, fault) => {
    expect(await get(first(fault))).toMatchObject({ outcome: found, seen: ['GET', 'GET'] });
  });

  test.each(CONNECTION)('ends as unreachable after four times %s', async (_, fault) => {
    const { outcome, seen } = await get(always(fault));
    expect(outcome).toMatchObject({ code: 'store-unreachable' });
    expect(outcome).toHaveProperty(
      'message',
      expect.stringMatching(/^GET showcase\/db\/index\.sqlite3: .*, 4 attempts$/),
    );
    expect(seen).toHaveLength(4);
  });

  test.each(CORRUPTION)('ends as corrupt after four times %s', async (_, fault) => {
    const { outcome, seen } = await get(always(fault));
    expect(outcome).toMatchObject({ code: 'store-corrupt' });
    expect(seen).toHaveLength(4);
  });

  test('is made at most four times, whatever mix of faults it meets', async () => {
    const mix = [CONNECTION[6]?.[1], CORRUPTION[1]?.[1], CONNECTION[0]?.[1]];
    expect(await get(first(...mix))).toMatchObject({ outcome: found, seen: ['GET', 'GET', 'GET', 'GET'] });
    const last = await get(first(...mix, s3Error(503, 'SlowDown')));
    expect(last).toMatchObject({
      outcome: { code: 'store-unreachable' },
      seen: ['GET', 'GET', 'GET', 'GET'],
    });
    expect(last.outcome).toHaveProperty(
      'message',
      expect.stringContaining('HTTP 503 (SlowDown), 4 attempts'),
    );
  });

  test.each([
    ['304, which nobody has asked for', { kind: 'answer', status: 304 }, 'store-refused'],
    ['400', s3Error(400, 'AuthorizationHeaderMalformed'), 'store-refused'],
    ['401', s3Error(401, 'Unauthorized'), 'store-refused'],
    ['403', s3Error(403, 'AccessDenied'), 'store-refused'],
    ['404 NoSuchBucket', s3Error(404, 'NoSuchBucket'), 'store-refused'],
    ['405', s3Error(405, 'MethodNotAllowed'), 'store-refused'],
    ['501', s3Error(501, 'NotImplemented'), 'store-unreachable'],
  ] as const)('is not repeated after %s', async (status, fault, code) => {
    const { outcome, seen } = await get(always(fault));
    expect(outcome).toMatchObject({ code });
    expect(outcome).toHaveProperty('message', expect.stringContaining(`HTTP ${status.slice(0, 3)}`));
    expect(seen).toEqual(['GET']);
  });

  test.each([301, 302, 307, 308])('follows no redirect (%d)', async (status) => {
    const headers = { location: `${spoiled.proxy.endpoint}/elsewhere` };
    const { outcome, seen } = await get(first({ kind: 'answer', status, headers }));
    expect(outcome).toMatchObject({ code: 'store-refused', hint: expect.stringContaining('redirects') });
    expect(seen).toEqual(['GET']);
  });

  test('of a missing object is not repeated', async () => {
    const { outcome, seen } = await spoiled.under(always({ kind: 'length', by: 0 }), (store) =>
      store.get('none', { maxBytes: 1 }),
    );
    expect({ outcome, seen }).toEqual({ outcome: { kind: 'missing' }, seen: ['GET'] });
  });

  test('needs no Content-Length where the ETag proves the bytes', async () => {
    expect(await get(always({ kind: 'length', by: 'absent' }))).toMatchObject({
      outcome: found,
      seen: ['GET'],
    });
  });

  test('accepts an ETag that is not an MD5', async () => {
    const { outcome, seen } = await get(always({ kind: 'rewrite', headers: { etag: MULTIPART } }));
    expect(outcome).toMatchObject({ ...found, object: { etag: MULTIPART } });
    expect(seen).toEqual(['GET']);
  });

  test('of a slow store waits for it', async () => {
    const slow: Fault = { kind: 'slow', delay: 50, bytesPerSecond: 200 };
    expect(await get(always(slow))).toMatchObject({ outcome: found, seen: ['GET'] });
  });

  test("signs by the store's clock when its own is wrong", async () => {
    const ahead = new Date(Date.now() + 3_600_000);
    const skewed = {
      ...s3Error(403, 'RequestTimeTooSkewed'),
      headers: { date: ahead.toUTCString() },
    } as Fault;
    // The second request is an hour ahead of the embedded store, which says so with its own time.
    expect(await get(first(skewed))).toMatchObject({ outcome: found, seen: ['GET', 'GET', 'GET'] });
    const signed = spoiled.proxy.requests[1]?.headers['x-amz-date']?.toString() ?? '';
    const at = Date.parse(signed.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
    expect(Math.abs(at - ahead.getTime())).toBeLessThan(600_000);
  });

  test.each(['May 5', '+275760-09-13T00:00:00.000Z'])('learns no time from a Date of %s', async (date) => {
    const busy = { ...s3Error(503, 'SlowDown'), headers: { date } } as Fault;
    expect(await get(first(busy))).toMatchObject({ outcome: found, seen: ['GET', 'GET'] });
  });

  test('learns no time from the answer of a cache, which has that at which it was made', async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    const kept = { ...s3Error(503, 'SlowDown'), headers: { date, age: '3600' } } as Fault;
    expect(await get(first(kept))).toMatchObject({ outcome: found, seen: ['GET', 'GET'] });
  });

  test('takes a SHA-256 in capital letters for what it is', async () => {
    const sum = createHash('sha256').update(BYTES).digest('hex').toUpperCase();
    const headers = { etag: MULTIPART, 'x-amz-meta-sha256': sum };
    expect((await get(always({ kind: 'rewrite', headers }))).outcome).toMatchObject(found);
  });

  test('asks for a consistent answer, without a checksum of its own, over a connection of its own', async () => {
    await get(nth(9, { kind: 'lost-answer' }));
    const headers = spoiled.proxy.requests[0]?.headers;
    expect(headers).toMatchObject({ 'x-tigris-consistent': 'true', connection: 'close' });
    expect(headers?.authorization).toContain('x-tigris-consistent');
    expect(Object.keys(headers ?? {}).filter((name) => /checksum|expect|security-token/.test(name))).toEqual(
      [],
    );
  });
});

describe('the size limit', () => {
  const GIGABYTE = 2 ** 30;

  test('refuses an announced gigabyte before it is read', async () => {
    const { outcome, seen } = await get(always({ kind: 'huge', size: GIGABYTE, announced: true }));
    expect({ outcome, seen }).toEqual({ outcome: { kind: 'too-large', size: GIGABYTE }, seen: ['GET'] });
    expect(spoiled.proxy.requests[0]?.sent).toBeLessThan(GIGABYTE / 10);
  });

  test('stops the reading of why an answer is a refusal', async () => {
    const { outcome } = await get(always({ kind: 'answer', status: 403, body: '<'.repeat(2 ** 24) }));
    expect(outcome).toMatchObject({ code: 'store-refused' });
    expect(spoiled.proxy.requests[0]?.sent).toBe(0);
  });

  test('stops the reading of an unannounced gigabyte', async () => {
    const { outcome, seen } = await get(always({ kind: 'huge', size: GIGABYTE, announced: false }));
    expect(outcome).toMatchObject({ kind: 'too-large' });
    expect(seen).toEqual(['GET']);
    expect(spoiled.proxy.requests[0]?.sent).toBeLessThan(GIGABYTE / 10);
  });

  test('accepts an object of just that size', async () => {
    expect(await get(always({ kind: 'length', by: 'absent' }), BYTES.length)).toMatchObject({
      outcome: found,
    });
    const smaller = await get(always({ kind: 'length', by: 'absent' }), BYTES.length - 1);
    expect(smaller.outcome).toMatchObject({ kind: 'too-large' });
  });
});
