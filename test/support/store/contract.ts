import { randomBytes } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectStore, PutCondition, StoreSettings } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { plainClient } from './plain-client.ts';
import { rawContract } from './raw-contract.ts';

export interface Subject {
  readonly settings: StoreSettings;
  close(): Promise<void>;
}

/**
 * What a store must do for this project, and what ours must make of it; `start` starts one with an empty bucket.
 * `create` is our implementation, from source or from a bundle.
 */
export function storeContract(start: () => Promise<Subject>, create: typeof createStore = createStore): void {
  let subject: Subject;
  let store: ObjectStore;
  beforeAll(async () => {
    subject = await start();
    store = create(subject.settings);
  });
  afterAll(() => subject?.close());

  const metadata = { 'last-modified': '2025-11-19 12:00:00.123 UTC' };
  const put = (key: string, content: string | Buffer, condition: PutCondition = { replaces: 'anything' }) =>
    store.put(key, Buffer.from(content), { condition, metadata, contentType: 'application/octet-stream' });
  const etagOf = async (key: string) => {
    const found = await store.head(key);
    return found.kind === 'found' ? found.object.etag : '';
  };
  const contentOf = async (key: string) => {
    const got = await store.get(key, { maxBytes: 1000 });
    return got.kind === 'found' ? got.bytes.toString() : got.kind;
  };
  const keysUnder = async (prefix: string, from = store) => {
    const keys: string[] = [];
    for await (const object of from.list(prefix)) keys.push(object.key);
    return keys;
  };

  describe('our store', () => {
    test('an object comes back byte for byte, with its ETag, size, time, metadata and digest', async () => {
      const bytes = randomBytes(5_000_000);
      const began = Date.now();
      const stored = await put('objects/large', bytes);
      const got = await store.get('objects/large', { maxBytes: bytes.length });
      if (stored.kind !== 'stored' || got.kind !== 'found') throw new Error(`${stored.kind}, ${got.kind}`);
      expect(got.bytes.equals(bytes)).toBe(true);
      expect(got.object).toMatchObject({ key: 'objects/large', etag: stored.etag, size: bytes.length });
      expect(got.object.metadata).toEqual({ ...metadata, sha256: got.sha256 });
      expect(got.object.modified.getTime()).toBeGreaterThan(began - 1000);
      expect(await store.head('objects/large')).toEqual({ kind: 'found', object: got.object });
    });

    test('an object may be empty', async () => {
      await put('objects/empty', '');
      const got = await store.get('objects/empty', { maxBytes: 0 });
      expect(got).toMatchObject({ kind: 'found', object: { size: 0 }, bytes: Buffer.alloc(0) });
    });

    test('an object that is not there is an outcome', async () => {
      expect(await store.get('objects/none', { maxBytes: 1 })).toEqual({ kind: 'missing' });
      expect(await store.head('objects/none')).toEqual({ kind: 'missing' });
    });

    test('an object is unchanged for a caller with its ETag, and found for others', async () => {
      await put('objects/etag', 'one');
      const ifNoneMatch = await etagOf('objects/etag');
      expect(await store.get('objects/etag', { ifNoneMatch, maxBytes: 9 })).toEqual({ kind: 'unchanged' });
      await put('objects/etag', 'two');
      expect(await store.get('objects/etag', { ifNoneMatch, maxBytes: 9 })).toMatchObject({ kind: 'found' });
    });

    test('an object above the size limit is not read', async () => {
      await put('objects/capped', '12345');
      expect(await store.get('objects/capped', { maxBytes: 4 })).toEqual({ kind: 'too-large', size: 5 });
      expect(await store.get('objects/capped', { maxBytes: 5 })).toMatchObject({ kind: 'found' });
    });

    test('a write that replaces nothing is stored where nothing is, and else tells what is there', async () => {
      expect(await put('writes/new', 'first', { replaces: 'nothing' })).toMatchObject({ kind: 'stored' });
      const etag = await etagOf('writes/new');
      const second = await put('writes/new', 'second', { replaces: 'nothing' });
      expect(second).toMatchObject({ kind: 'changed-elsewhere', object: { etag, size: 5, metadata } });
      expect(await contentOf('writes/new')).toBe('first');
    });

    test('a write that replaces an ETag is stored over that one alone', async () => {
      await put('writes/etag', 'first');
      const first = await etagOf('writes/etag');
      expect(await put('writes/etag', 'second', { replaces: first })).toMatchObject({ kind: 'stored' });
      const late = await put('writes/etag', 'third', { replaces: first });
      expect(late).toMatchObject({
        kind: 'changed-elsewhere',
        object: { etag: await etagOf('writes/etag') },
      });
      expect(await contentOf('writes/etag')).toBe('second');
    });

    test('a write that replaces an object that is gone stores nothing', async () => {
      const outcome = await put('writes/gone', 'x', { replaces: '"0123456789abcdef0123456789abcdef"' });
      expect(outcome).toEqual({ kind: 'changed-elsewhere', object: null });
      expect(await store.head('writes/gone')).toEqual({ kind: 'missing' });
    });

    test('of sixteen racing creators exactly one wins', async () => {
      const racers = Array.from({ length: 16 }, (_, i) =>
        put('races/new', `racer ${i}`, { replaces: 'nothing' }),
      );
      const outcomes = await Promise.all(racers);
      const winners = outcomes.flatMap((outcome, i) => (outcome.kind === 'stored' ? [`racer ${i}`] : []));
      expect(winners).toEqual([await contentOf('races/new')]);
    });

    test('of sixteen racers to replace the same object exactly one wins', async () => {
      await put('races/etag', 'first');
      const replaces = await etagOf('races/etag');
      const racers = Array.from({ length: 16 }, (_, i) => put('races/etag', `racer ${i}`, { replaces }));
      const outcomes = await Promise.all(racers);
      const winners = outcomes.flatMap((outcome, i) => (outcome.kind === 'stored' ? [`racer ${i}`] : []));
      expect(winners).toEqual([await contentOf('races/etag')]);
    });

    test.each([
      'keys/with space+plus',
      "keys/!*'()~&=?#%2F;:@$,",
      'keys/ünïcødé 写 😀',
      'keys//double/',
      'keys/a/../b/./c',
      'keys/<xml>&"quotes"',
      'keys/tab\tand\nnewline',
    ])('a key may be %j', async (key) => {
      await put(key, key);
      expect(await contentOf(key)).toBe(key);
      expect(await store.head(key)).toMatchObject({ kind: 'found', object: { key } });
      expect(await keysUnder(key)).toEqual([key]);
    });

    test('a listing has what starts with the prefix, whole, in the byte order of the keys', async () => {
      for (const name of ['a', 'B', 'a-b', 'a.b', 'a/b', 'é', 'z', '\u{1f600}', '\uff21']) {
        await put(`list/${name}`, name);
      }
      await put('lisu', 'x');
      const objects = [];
      for await (const object of store.list('list/')) objects.push(object);
      const names = ['B', 'a', 'a-b', 'a.b', 'a/b', 'z', 'é', '\uff21', '\u{1f600}'];
      expect(objects.map((object) => object.key)).toEqual(names.map((name) => `list/${name}`));
      for (const object of objects) {
        const found = await store.head(object.key);
        expect(found).toMatchObject({ object: { etag: object.etag, size: object.size } });
      }
      expect(await keysUnder('nothing/')).toEqual([]);
    });

    test('a listing goes on over as many pages as it takes', async () => {
      const keys = Array.from({ length: 1003 }, (_, i) => `pages/${String(i).padStart(4, '0')}`);
      const queue = keys.values();
      const worker = async () => {
        for (const key of queue) await put(key, key);
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      expect(await keysUnder('pages/')).toEqual(keys);
    });

    test.each([
      ['a wrong secret', { secretAccessKey: 'wrong' }],
      ['an unknown key', { accessKeyId: 'nobody' }],
      ['a bucket that is not there', { bucket: 'no-such-bucket' }],
    ])('%s is refused, for reading and for writing', async (_, wrong) => {
      const stranger = create({ ...subject.settings, ...wrong });
      await put('refused/key', 'kept');
      const options = {
        condition: { replaces: 'anything' as const },
        metadata: {},
        contentType: 'text/plain',
      };
      const refused = { name: 'Failure', code: 'store-refused' };
      await expect(stranger.get('refused/key', { maxBytes: 9 })).rejects.toMatchObject(refused);
      await expect(stranger.put('refused/key', Buffer.from('x'), options)).rejects.toMatchObject(refused);
      await expect(keysUnder('refused/', stranger)).rejects.toMatchObject(refused);
      expect(await contentOf('refused/key')).toBe('kept');
    });

    test('an object of others needs no digest, but a digest that is not of its bytes is corruption', async () => {
      const client = plainClient(subject.settings);
      const target = { Bucket: subject.settings.bucket, Key: 'foreign/object', Body: 'bytes' };
      await client.send(new PutObjectCommand(target));
      expect(await contentOf('foreign/object')).toBe('bytes');
      await client.send(new PutObjectCommand({ ...target, Metadata: { sha256: '0'.repeat(64) } }));
      await expect(store.get('foreign/object', { maxBytes: 9 })).rejects.toMatchObject({
        code: 'store-corrupt',
      });
    });

    test('any S3 client reads an object that it stores', async () => {
      await put('shared/object', 'bytes');
      const client = plainClient(subject.settings);
      const target = { Bucket: subject.settings.bucket, Key: 'shared/object' };
      const head = await client.send(new HeadObjectCommand(target));
      expect(head).toMatchObject({
        ContentLength: 5,
        ContentType: 'application/octet-stream',
        Metadata: metadata,
      });
      const got = await client.send(new GetObjectCommand(target));
      expect(await got.Body?.transformToString()).toBe('bytes');
    });
  });

  rawContract(() => subject.settings);
}
