import { describe, expect, test } from 'vitest';
import type { PutCondition } from '../../../src/store/object-store.ts';
import { always, type Fault, first, never, type Plan, s3Error } from '../../support/store/fault-proxy.ts';
import { spoiledStore } from '../../support/store/spoiled-store.ts';

const spoiled = spoiledStore();
const options = (condition: PutCondition, metadata = {}) => ({
  condition,
  metadata,
  contentType: 'text/plain',
});
const put = (plan: Plan, key: string, content: string, condition: PutCondition) =>
  spoiled.under(plan, (store) => store.put(key, Buffer.from(content), options(condition)));
const putDirectly = (key: string, content: string, condition: PutCondition = { replaces: 'anything' }) =>
  spoiled.direct.put(key, Buffer.from(content), options(condition));
const contentOf = async (key: string) => {
  const got = await spoiled.direct.get(key, { maxBytes: 100 });
  return got.kind === 'found' ? got.bytes.toString() : got.kind;
};
const etagOf = async (key: string) => {
  const got = await spoiled.direct.head(key);
  return got.kind === 'found' ? got.object.etag : '';
};
const LOST: Fault = { kind: 'lost-answer' };

describe('a PUT', () => {
  test.each<[string, Fault]>([
    ['a lost answer', LOST],
    ['a reset before the store has seen it', { kind: 'reset', when: 'before-request' }],
    ['408 RequestCanceled', s3Error(408, 'RequestCanceled')],
    ['409 ConditionalRequestConflict', s3Error(409, 'ConditionalRequestConflict')],
    ['503 SlowDown', s3Error(503, 'SlowDown')],
  ])('is repeated after %s', async (name, fault) => {
    const key = `repeated/${name}`;
    const { outcome, seen } = await put(first(fault), key, 'bytes', { replaces: 'anything' });
    expect({ outcome, seen }).toEqual({
      outcome: { kind: 'stored', etag: await etagOf(key) },
      seen: ['PUT', 'PUT'],
    });
    expect(await contentOf(key)).toBe('bytes');
  });

  test('ends as unreachable after four faults', async () => {
    const { outcome, seen } = await put(always(s3Error(503, 'SlowDown')), 'busy', 'x', {
      replaces: 'anything',
    });
    expect(outcome).toMatchObject({
      code: 'store-unreachable',
      message: 'PUT showcase/busy: HTTP 503 (SlowDown), 4 attempts',
    });
    expect(seen).toHaveLength(4);
  });

  test.each([400, 403, 405, 501])('is not repeated after %d', async (status) => {
    const { outcome, seen } = await put(always(s3Error(status, 'Refused')), 'refused', 'x', {
      replaces: 'nothing',
    });
    expect(outcome).toMatchObject({ name: 'Failure' });
    expect(seen).toEqual(['PUT']);
  });

  test('that created an object and lost its answer recognises it when the repetition gets 412', async () => {
    const { outcome, seen } = await put(first(LOST), 'lost/new', 'mine', { replaces: 'nothing' });
    expect(outcome).toEqual({ kind: 'stored', etag: await etagOf('lost/new') });
    expect(seen).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  test('that replaced an object and lost its answer recognises it when the repetition gets 412', async () => {
    await putDirectly('lost/etag', 'old');
    const { outcome, seen } = await put(first(LOST), 'lost/etag', 'mine', {
      replaces: await etagOf('lost/etag'),
    });
    expect(outcome).toEqual({ kind: 'stored', etag: await etagOf('lost/etag') });
    expect(seen).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  test('whose look at a 412 meets a fault looks again', async () => {
    const plan = first(LOST, undefined, s3Error(503, 'SlowDown'));
    const { outcome, seen } = await put(plan, 'lost/twice', 'mine', { replaces: 'nothing' });
    expect(outcome).toMatchObject({ kind: 'stored' });
    expect(seen).toEqual(['PUT', 'PUT', 'HEAD', 'PUT', 'HEAD']);
  });

  test('that never arrived finds the object that another client has stored meanwhile', async () => {
    const plan: Plan = async ({ number }) => {
      if (number !== 1) return undefined;
      await putDirectly('lost/race', 'theirs');
      return { kind: 'reset', when: 'before-request' };
    };
    const { outcome } = await put(plan, 'lost/race', 'mine', { replaces: 'nothing' });
    expect(outcome).toMatchObject({ kind: 'changed-elsewhere', object: { etag: await etagOf('lost/race') } });
    expect(await contentOf('lost/race')).toBe('theirs');
  });

  test('does not count the same bytes of another client as its own', async () => {
    await putDirectly('same', 'bytes');
    const { outcome, seen } = await put(never, 'same', 'bytes', { replaces: 'nothing' });
    expect(outcome).toMatchObject({ kind: 'changed-elsewhere', object: { size: 5 } });
    expect(seen).toEqual(['PUT', 'HEAD']);
  });

  test('knows a store that compares ETags without their quotes', async () => {
    await putDirectly('bare', 'old');
    const plan: Plan = ({ headers }) =>
      headers['if-match']?.startsWith('"') ? s3Error(412, 'PreconditionFailed') : undefined;
    const replaces = await etagOf('bare');
    const { outcome, seen } = await put(plan, 'bare', 'new', { replaces });
    expect(outcome).toMatchObject({ kind: 'stored' });
    expect(seen).toEqual(['PUT', 'HEAD', 'PUT']);
    const late = await put(plan, 'bare', 'newer', { replaces });
    expect(late).toMatchObject({ outcome: { kind: 'changed-elsewhere' }, seen: ['PUT', 'HEAD'] });
    expect(await contentOf('bare')).toBe('new');
  });

  test('that the store confirms with the ETag of other bytes is corrupt', async () => {
    const wrong: Fault = { kind: 'rewrite', headers: { etag: '"00000000000000000000000000000000"' } };
    const { outcome, seen } = await put(always(wrong), 'wrong', 'bytes', { replaces: 'anything' });
    expect(outcome).toMatchObject({ code: 'store-corrupt' });
    expect(seen).toHaveLength(4);
  });

  test('carries its length, its digests and its condition, and no chunks', async () => {
    await put(never, 'sent', 'bytes', { replaces: 'nothing' });
    const headers = spoiled.proxy.requests[0]?.headers ?? {};
    expect(headers).toMatchObject({
      'content-length': '5',
      'content-md5': 'SzpiGLs+OnMD6KFxpg/Pkg==',
      'content-type': 'text/plain',
      'if-none-match': '*',
      'x-amz-meta-sha256': '277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9',
      'x-tigris-consistent': 'true',
    });
    expect(headers['x-amz-content-sha256']).toBe(headers['x-amz-meta-sha256']);
    expect(Object.keys(headers).filter((name) => /checksum|expect|encoding|trailer/.test(name))).toEqual([]);
  });

  test.each([{ 'a b': 'x' }, { A: 'x' }, { a: 'é' }, { a: 'x\r\ny: z' }])(
    'refuses metadata %j',
    async (metadata) => {
      const call = () =>
        spoiled.store.put('metadata', Buffer.from('x'), options({ replaces: 'anything' }, metadata));
      await expect(async () => call()).rejects.toMatchObject({ code: 'internal' });
    },
  );
});

describe('a HEAD', () => {
  test('is repeated, refused or missing like a GET', async () => {
    await putDirectly('head', 'bytes');
    const head = (plan: Plan, key = 'head') => spoiled.under(plan, (store) => store.head(key));
    const found = { kind: 'found', object: { size: 5 } };
    expect(await head(first(s3Error(503, 'SlowDown')))).toMatchObject({
      outcome: found,
      seen: ['HEAD', 'HEAD'],
    });
    expect(await head(always(s3Error(403, 'AccessDenied')))).toMatchObject({
      outcome: { code: 'store-refused' },
    });
    const lengthless: Fault = { kind: 'rewrite', headers: { 'content-length': null } };
    expect(await head(always(lengthless))).toMatchObject({ outcome: { code: 'store-corrupt' } });
    expect(await head(never, 'none')).toMatchObject({ outcome: { kind: 'missing' }, seen: ['HEAD'] });
  });
});

describe('a listing', () => {
  const list = (plan: Plan) =>
    spoiled.under(plan, async (store) => {
      const keys: string[] = [];
      for await (const object of store.list('lists/')) keys.push(object.key);
      return keys;
    });
  const page = (more: string): Fault => ({
    kind: 'answer',
    status: 200,
    body: `<ListBucketResult><Contents><Key>lists/0</Key>${more}`,
  });
  const OBJECT = '<ETag>"e"</ETag><Size>1</Size><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>';

  test('is repeated page by page', async () => {
    await putDirectly('lists/1', 'x');
    const next =
      '<IsTruncated>true</IsTruncated><NextContinuationToken>bGlzdHMvMA</NextContinuationToken></ListBucketResult>';
    const { outcome, seen } = await list(
      first(page(OBJECT + next), s3Error(503, 'SlowDown'), { kind: 'cut', after: 40 }),
    );
    expect({ outcome, seen }).toEqual({
      outcome: ['lists/0', 'lists/1'],
      seen: ['GET', 'GET', 'GET', 'GET'],
    });
    const tokens = spoiled.proxy.requests.map(({ path }) => path.includes('continuation-token=bGlzdHMvMA'));
    expect(tokens).toEqual([false, true, true, true]);
  });

  test.each([
    ['is cut short', OBJECT],
    ['is not XML', 'nonsense & <'],
    ['names an object without size', '<ETag>"e"</ETag></Contents></ListBucketResult>'],
    ['goes on nowhere', `${OBJECT}<IsTruncated>true</IsTruncated></ListBucketResult>`],
  ])('that %s is corrupt', async (_, more) => {
    const { outcome, seen } = await list(always(page(more)));
    expect(outcome).toMatchObject({ code: 'store-corrupt' });
    expect(seen).toHaveLength(4);
  });
});
