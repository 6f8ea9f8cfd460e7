import { describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { Failure, type FailureCode } from '../../../src/failure.ts';
import type { ObjectReader, StoredObject } from '../../../src/store/object-store.ts';
import { Asking } from '../../../src/tenants/ask-new.ts';
import { versionImage } from '../../support/install/images.ts';

const IMAGE = versionImage(1);
const MOST_BYTES = 128 * 2 ** 20;
const eventOf = (name: string) => ({ name, path: `/db/${name}.sqlite3`, region: 'iad' });

/** A store with one database under every name, unless it fails; says how much it was allowed to send. */
function asking(options: { fails?: FailureCode; endsAt?: number; maxBytes?: number } = {}) {
  const { fails, endsAt = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = options;
  const allowed: number[] = [];
  const object: StoredObject = {
    ...{ key: 'k', etag: '"e"', size: IMAGE.length, modified: new Date() },
    metadata: { 'last-modified': '2026-01-02 03:04:05 UTC' },
  };
  const store: ObjectReader = {
    get: async (_key, limits) => {
      allowed.push(limits.maxBytes);
      if (fails) throw new Failure(fails, 'no answer', { hint: 'h' });
      return { kind: 'found', object, bytes: Buffer.from(IMAGE), sha256: '' };
    },
  };
  return { allowed, asking: new Asking({ store, maxBytes, endsAt, unexpected: () => {} }) };
}

describe('the store, asked for the databases of new events,', () => {
  it('is asked for no more bytes than are left of what may be held in memory, nor than one may have', async () => {
    const { asking: all, allowed } = asking();
    const { now } = await all.ask(eventOf('a'), null);
    expect(now).toMatchObject({ kind: 'found', image: { digest: imageDigest(IMAGE) } });
    await all.ask(eventOf('b'), null);
    expect(allowed).toEqual([MOST_BYTES, MOST_BYTES - IMAGE.length]);
    const one = asking({ maxBytes: IMAGE.length });
    await one.asking.ask(eventOf('a'), null);
    expect(one.allowed).toEqual([IMAGE.length]);
  });

  it('is not asked again once it is down, and is where one object is amiss', async () => {
    const down = asking({ fails: 'store-timeout' });
    for (const name of ['a', 'b']) {
      const { now, before } = await down.asking.ask(eventOf(name), null);
      expect([now, before]).toEqual([{ kind: 'unknown', problem: 'no answer' }, { kind: 'none' }]);
    }
    expect(down.allowed).toHaveLength(1);
    const amiss = asking({ fails: 'store-corrupt' });
    for (const name of ['a', 'b']) await amiss.asking.ask(eventOf(name), null);
    expect(amiss.allowed).toHaveLength(2);
  });

  it('is not asked when the time is up: whether it has one is not known then', async () => {
    const late = asking({ endsAt: 0 });
    expect((await late.asking.ask(eventOf('b'), 'a')).before).toMatchObject({ kind: 'unknown' });
    expect(late.allowed).toEqual([]);
  });
});
