import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { tryLock } from '../../../src/database/lock.ts';
import { Failure } from '../../../src/failure.ts';
import { publishedIndex, readStored } from '../../../src/publish/stored-index.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { soundWith } from '../../support/indexes/indexes.ts';
import { Admin } from '../../support/publish/admin.ts';

const IMAGE = soundWith({});
const T1 = new Date('2026-01-02T03:04:05.500Z');
const own = { image: IMAGE, digest: 'ours', modified: T1 };

describe('what stands in the store', () => {
  const object = (metadata: Record<string, string>) => ({
    key: 'k',
    etag: '"e"',
    size: 1,
    modified: T1,
    metadata,
  });
  const fetched: string[] = [];
  const store = (metadata: Record<string, string>, get: () => unknown) =>
    ({
      head: async () => ({ kind: 'found', object: object(metadata) }),
      get: async () => {
        fetched.push('get');
        return get();
      },
    }) as unknown as ObjectStore;
  const look = (one: ObjectStore, published: { etag: string; digest: string } | null = null) =>
    readStored(one, 'k', 2 ** 20, { own: { ...own, digest: imageDigest(IMAGE) }, published });

  it('is fetched only where nothing says what it is', async () => {
    const never = () => {
      throw new Error('fetched');
    };
    expect((await look(store({}, never), { etag: '"e"', digest: 'known' }))?.digest).toBe('known');
    const found = () => ({ kind: 'found', object: object({}), bytes: IMAGE });
    expect((await look(store({}, found), { etag: '"x"', digest: 'known' }))?.digest).toBe(imageDigest(IMAGE));
    expect(await look(store({}, () => ({ kind: 'missing' })))).toBe(null);
    expect(await look(store({}, () => ({ kind: 'too-large', size: 9 })))).toMatchObject({
      digest: null,
      problem: expect.any(String),
    });
    expect(fetched).toHaveLength(3);
  });

  it('keeps nobody from publishing where it is damaged, and does where it cannot be read', async () => {
    const failing = (code: 'store-corrupt' | 'store-timeout') =>
      store({}, () => {
        throw new Failure(code, 'bad', { hint: 'h' });
      });
    expect(await look(failing('store-corrupt'))).toMatchObject({ digest: null, problem: 'bad' });
    await expect(look(failing('store-timeout'))).rejects.toMatchObject({ code: 'store-timeout' });
  });

  it('says who has put it there, when, and what it holds, as far as it says so', () => {
    expect(publishedIndex(object({}))).toMatchObject({ sha256: null, by: null, time: T1.toISOString() });
    const told = {
      sha256: 's',
      'published-by': 'ann',
      'image-digest': 'd',
      'last-modified': '2026-01-01 00:00:00 UTC',
    };
    expect(publishedIndex(object(told))).toMatchObject({
      sha256: 's',
      by: 'ann',
      digest: 'd',
      time: '2026-01-01T00:00:00.000Z',
      publishedAt: T1.toISOString(),
    });
    expect(publishedIndex(object({ 'published-by': '' }))).not.toHaveProperty('digest');
  });
});

it('a publication lets its lock go, also when it fails', async () => {
  const down = {
    head: async () => {
      throw new Failure('store-timeout', 'slow', { hint: 'h' });
    },
  } as unknown as ObjectStore;
  const admin = new Admin(down, 'ada@office');
  onTestFinished(() => admin.remove());
  admin.put(IMAGE, '2024-03-01T10:00:00Z');
  await expect(admin.publish()).rejects.toMatchObject({ code: 'store-timeout' });
  const lock = tryLock(join(admin.dbDir, '.update_config/publish.lock'));
  expect(lock).not.toBe(null);
  lock?.release();
});
