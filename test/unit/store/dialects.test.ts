import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/failure.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { md5 } from '../../../src/store/proof.ts';
import { createStore } from '../../../src/store/store.ts';
import { always, type Fault, type Plan, s3Error } from '../../support/store/fault-proxy.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

const spoiled = spoiledStore();
const KEY = 'db/2025-boston.sqlite3';
const BYTES = Buffer.from('a database');
const OPTIONS = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
const ETAG = `"${md5(BYTES)}"`;
const TIME = new Date('2025-11-19T12:00:00Z');
/** 32 hex digits that are no MD5 of anything. */
const OPAQUE = '"0123456789abcdef0123456789abcdef"';

const get = (store: ObjectStore) => store.get(KEY, { maxBytes: 1000 });
const put = (store: ObjectStore) => store.put(KEY, BYTES, OPTIONS);

function page(items: string, more = ''): Plan {
  const body = `<ListBucketResult><IsTruncated>false</IsTruncated>${more}${items}</ListBucketResult>`;
  return always({ kind: 'answer', status: 200, body });
}
const item = (key: string, time = '2025-11-19T12:00:00.000Z') =>
  `<Contents><Key>${key}</Key><LastModified>${time}</LastModified><ETag>${ETAG}</ETag><Size>1</Size></Contents>`;
async function listed(store: ObjectStore) {
  const found: { key: string; modified: Date }[] = [];
  for await (const { key, modified } of store.list('db/')) found.push({ key, modified });
  return found;
}
const keysUnder = async (plan: Plan) => {
  const { outcome } = await spoiled.under(plan, listed);
  return (outcome as { key: string }[]).map(({ key }) => key);
};

describe('an encrypted object', () => {
  test.each([
    ['a key service', { 'x-amz-server-side-encryption': 'aws:kms' }],
    ['two keys of a service', { 'x-amz-server-side-encryption': 'aws:kms:dsse' }],
    ['a key of the customer', { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }],
    ['a key of the customer, by its digest', { 'x-amz-server-side-encryption-customer-key-md5': 'abc==' }],
    ['a key service, by its key', { 'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:x' }],
    ['a key service of Google', { 'x-goog-encryption-kms-key-name': 'projects/x' }],
    ['a key of the customer at Google', { 'x-goog-encryption-algorithm': 'AES256' }],
  ] as const)('with %s has an ETag that is not an MD5, and is read and written', async (_, headers) => {
    await put(spoiled.direct);
    const plan = always({ kind: 'rewrite', headers: { ...headers, etag: OPAQUE } });
    expect((await spoiled.under(plan, get)).outcome).toMatchObject({ kind: 'found', bytes: BYTES });
    expect((await spoiled.under(plan, put)).outcome).toEqual({ kind: 'stored', etag: OPAQUE });
  });

  test('with a key of the store has an ETag that is verified', async () => {
    await put(spoiled.direct);
    const headers = { 'x-amz-server-side-encryption': 'AES256', etag: OPAQUE };
    const { outcome } = await spoiled.under(always({ kind: 'rewrite', headers }), get);
    expect(outcome).toMatchObject({ code: 'store-corrupt' });
  });
});

test.each([
  `W/${ETAG}`,
  ETAG.replace(/"$/, '-gzip"'),
  ETAG.replace(/"$/, '--gzip"'),
  `W/${ETAG.replace(/"$/, '-gzip"')}`,
  ETAG.replace(/"$/, '-deflate"'),
  ETAG.replace(/"$/, ':zstd"'),
  `w/${ETAG}`,
  `W/${ETAG.replaceAll('"', '')}`,
])('an ETag that a proxy marked as %s equals the one in a listing', async (etag) => {
  await put(spoiled.direct);
  const { outcome } = await spoiled.under(always({ kind: 'rewrite', headers: { etag } }), get);
  expect(outcome).toMatchObject({ kind: 'found', object: { etag: ETAG } });
});

describe('the keys of a listing', () => {
  const encoded = item('db/2025-o%27hara%2Bson.sqlite3');
  const key = "db/2025-o'hara+son.sqlite3";

  test.each([
    ['as Amazon says it', '<EncodingType>url</EncodingType>'],
    ['as Google says it', '<Encoding-Type>url</Encoding-Type>'],
    ['and nothing says it', ''],
  ])('are encoded, %s', async (_, said) => {
    expect(await keysUnder(page(encoded, said))).toEqual([key]);
  });

  test('are raw even if the answer says that they are encoded', async () => {
    const raw = page(
      item('db/2025-a+b.sqlite3') + item('db/50% off "x"'),
      '<EncodingType>url</EncodingType>',
    );
    expect(await keysUnder(raw)).toEqual(['db/2025-a+b.sqlite3', 'db/50% off "x"']);
  });

  test('may be invalid UTF-8, and the others are read', async () => {
    const one = page(item('db/%FF%FE') + item(encodeURI(KEY)), '<EncodingType>url</EncodingType>');
    expect(await keysUnder(one)).toEqual(['db/\uFFFD\uFFFD', KEY]);
  });
});

test.each([
  '2025-11-19T12:00:00Z',
  '2025-11-19T13:00:00+0100',
  '2025-11-19 12:00:00',
  'Wed, 19 Nov 2025 12:00:00 GMT',
  '1763553600',
])('a time in a listing or a HEAD may be %j', async (time) => {
  const { outcome } = await spoiled.under(page(item(KEY, time)), listed);
  expect(outcome).toEqual([{ key: KEY, modified: TIME }]);
  await put(spoiled.direct);
  const head = always({ kind: 'rewrite', headers: { 'last-modified': time } });
  const asked = await spoiled.under(head, (store) => store.head(KEY));
  expect(asked.outcome).toMatchObject({ kind: 'found', object: { modified: TIME } });
});

test('what is compressed on its way is called so, and not spoiled', async () => {
  await spoiled.direct.put(KEY, gzipSync(BYTES), OPTIONS);
  const { outcome } = await spoiled.under(always({ kind: 'rewrite', headers: { etag: ETAG } }), get);
  expect(outcome).toMatchObject({ hint: expect.stringContaining('without compression') });
});

test('an upload that meets another one is tried again', async () => {
  const plan: Plan = ({ number }) => (number === 1 ? s3Error(409, 'OperationAborted') : undefined);
  const { outcome, seen } = await spoiled.under(plan, put);
  expect({ outcome, seen }).toEqual({ outcome: { kind: 'stored', etag: ETAG }, seen: ['PUT', 'PUT'] });
});

test('a session token is sent, and signed', async () => {
  const settings = { ...spoiled.settings, sessionToken: 'lent+for/a-while' };
  await createStore(settings)
    .head(KEY)
    .catch(() => undefined);
  const headers = spoiled.proxy.requests[0]?.headers ?? {};
  expect(headers['x-amz-security-token']).toBe('lent+for/a-while');
  expect(headers.authorization).toContain('x-amz-security-token');
});

describe('a HEAD, whose answer says nothing but its status', () => {
  const refused: Fault = { kind: 'answer', status: 403 };

  test('corrects a clock that is off', async () => {
    const there = new Date(Date.now() + 3 * 3600 * 1000);
    const plan: Plan = ({ headers, method }) => {
      const signed = String(headers['x-amz-date']);
      const isRight = signed.slice(0, 11) === there.toISOString().replace(/[-:]/g, '').slice(0, 11);
      const date = { date: there.toUTCString() };
      const head = { etag: ETAG, 'last-modified': TIME.toUTCString(), ...date };
      if (isRight)
        return { kind: 'answer', status: 200, headers: head, ...(method === 'GET' ? { body: 'x' } : {}) };
      if (method === 'HEAD') return { ...refused, headers: date };
      return { ...(s3Error(403, 'RequestTimeTooSkewed') as Fault & { kind: 'answer' }), headers: date };
    };
    const { outcome } = await spoiled.under(plan, () => createStore(spoiled.settings).head(KEY));
    expect(outcome).toMatchObject({ kind: 'found', object: { etag: ETAG } });
  });

  test.each([
    ['a refusal', refused, s3Error(403, 'InvalidAccessKeyId'), 'HTTP 403 (InvalidAccessKeyId)'],
    [
      'a missing bucket',
      { kind: 'answer', status: 404 },
      s3Error(404, 'NoSuchBucket'),
      'HTTP 404 (NoSuchBucket)',
    ],
  ] as const)('has %s explained by a GET', async (_, head, explained, message) => {
    const plan: Plan = ({ method }) => (method === 'HEAD' ? head : explained);
    const bucket = 'never-asked-before';
    const store = createStore({ ...spoiled.settings, bucket });
    const { outcome, seen } = await spoiled.under(plan, () => store.head(KEY));
    expect((outcome as Failure).message).toBe(`HEAD ${bucket}/${KEY}: ${message}`);
    expect(seen).toEqual(['HEAD', 'GET']);
  });

  test('is believed without that where the bucket has answered before', async () => {
    const run = async (store: ObjectStore) => [
      await store.head('db/none'),
      await store.head('db/none either'),
    ];
    const { outcome, seen } = await spoiled.under(
      ({ method }) => (method === 'HEAD' ? { kind: 'answer', status: 404 } : s3Error(404, 'NoSuchKey')),
      () => run(createStore({ ...spoiled.settings, bucket: 'asked-twice' })),
    );
    expect(outcome).toEqual([{ kind: 'missing' }, { kind: 'missing' }]);
    expect(seen).toEqual(['HEAD', 'GET', 'HEAD']);
  });

  test('is asked again where a GET finds the object after all, be it one without a byte', async () => {
    const there = { etag: ETAG, 'last-modified': TIME.toUTCString() };
    for (const [at, got] of [
      { kind: 'answer' as const, status: 206, headers: there, body: 'x' },
      s3Error(416, 'InvalidRange'),
    ].entries()) {
      const plan: Plan = ({ number }) =>
        number === 1
          ? { kind: 'answer', status: 404 }
          : number === 2
            ? got
            : { kind: 'answer', status: 200, headers: there };
      const store = createStore({ ...spoiled.settings, bucket: `found-after-all-${at}` });
      const { outcome, seen } = await spoiled.under(plan, () => store.head(KEY));
      expect(outcome).toMatchObject({ kind: 'found', object: { etag: ETAG } });
      expect(seen).toEqual(['HEAD', 'GET', 'HEAD']);
    }
  });

  test('has the GET repeated that meets a fault', async () => {
    const plan: Plan = ({ number, method }) => {
      if (method === 'HEAD') return { kind: 'answer', status: 404 };
      return number === 2 ? s3Error(503, 'SlowDown') : s3Error(404, 'NoSuchKey');
    };
    const store = createStore({ ...spoiled.settings, bucket: 'asked-in-trouble' });
    const { outcome, seen } = await spoiled.under(plan, () => store.head(KEY));
    expect({ outcome, seen }).toEqual({ outcome: { kind: 'missing' }, seen: ['HEAD', 'GET', 'GET'] });
  });
});
