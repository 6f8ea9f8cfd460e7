import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { always, type Fault, type Plan } from '../../support/store/fault-proxy.ts';
import { failureOf, spoiledStore } from '../../support/store/spoiled-store.ts';

// A test asks for a thousand pages, and another one reads one of 4 MiB.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const MIB = 2 ** 20;
const GIGABYTE = 2 ** 30;

const spoiled = spoiledStore();

/** The largest page that an honest store sends: 1,000 keys of 1,024 bytes, all escaped, with all that S3 says of an object. */
function largestPage(): { readonly body: string; readonly keys: readonly string[] } {
  const keys = Array.from({ length: 1000 }, (_, at) => `db/${'é'.repeat(508)}x${`${at}`.padStart(4, '0')}`);
  const objects = keys.map(
    (key) =>
      `<Contents><Key>${[...Buffer.from(key)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join('')}</Key>
<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${'a'.repeat(32)}-10000&quot;</ETag>
<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>5497558138880</Size>
<Owner><ID>${'b'.repeat(64)}</ID><DisplayName>${'c'.repeat(64)}</DisplayName></Owner><StorageClass>INTELLIGENT_TIERING</StorageClass>
<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-01-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>
</Contents>`,
  );
  const body = `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${objects.join('')}</ListBucketResult>`;
  return { body, keys };
}

/** A page of a listing that names no object. `next` is where it says that the listing goes on. */
function page(next: string | null, padding = 0): Fault {
  const token = next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<ListBucketResult><IsTruncated>${next !== null}</IsTruncated>${token}${' '.repeat(padding)}</ListBucketResult>`,
  };
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('db/')) keys.push(key);
  return keys;
}

const listUnder = (plan: Plan) => spoiled.under(plan, keysOf);

describe('a listing', () => {
  test('whose every page names another one, at last in a circle, ends after 1000 pages, and says so', async () => {
    const { outcome, seen } = await listUnder(({ number }) =>
      page(`token-${number < 990 ? number : number % 3}`),
    );
    expect(outcome).toMatchObject({
      code: 'store-corrupt',
      message: 'LIST showcase/db/: the listing has more than 1000 pages',
      hint: expect.stringContaining('AWS_ENDPOINT_URL_S3'),
    });
    expect(seen).toHaveLength(1000);
  });

  test('of 1000 pages is whole', async () => {
    const { outcome, seen } = await listUnder(({ number }) => page(number < 1000 ? `token-${number}` : null));
    expect({ outcome, pages: seen.length }).toEqual({ outcome: [], pages: 1000 });
  });

  test.each([false, true])('whose page has no end is cut off at 4 MiB (announced: %j)', async (announced) => {
    const { outcome, seen } = await listUnder(always({ kind: 'huge', size: GIGABYTE, announced }));
    expect(outcome).toMatchObject({
      code: 'store-corrupt',
      message: 'LIST showcase/db/: the page of the listing has more than 4194304 bytes',
      hint: expect.stringContaining('AWS_ENDPOINT_URL_S3'),
    });
    expect(seen).toEqual(['GET']);
    expect(spoiled.proxy.requests[0]?.sent).toBeLessThan(GIGABYTE / 10);
  });

  // 16 MiB of either, which were read once, took 0.7 to 1.3 GiB of memory to be parsed.
  test.each([
    ['tags', '<a/>'],
    ['entities', '&amp;'],
  ])('whose page is full of %s is cut off before these are parsed', async (_, markup) => {
    const body = `<ListBucketResult>${markup.repeat(3 * MIB)}</ListBucketResult>`;
    const { outcome, seen } = await listUnder(always({ kind: 'answer', status: 200, body }));
    expect(outcome).toMatchObject({
      code: 'store-corrupt',
      message: 'LIST showcase/db/: the page of the listing has more than 200000 tags and entities',
    });
    expect(seen).toEqual(['GET']);
  });

  test('with a page of just under 4 MiB is read', async () => {
    const { outcome } = await listUnder(always(page(null, 4 * MIB - 1000)));
    expect(outcome).toEqual([]);
  });

  test('with the largest page that an honest store sends is read', async () => {
    const { body, keys } = largestPage();
    expect(body.length).toBeGreaterThan(3.5 * MIB);
    const { outcome } = await listUnder(always({ kind: 'answer', status: 200, body }));
    expect(outcome).toEqual(keys);
  });

  test('whose pages all together take ten times the time for one operation is given up', async () => {
    const slow: Plan = async ({ number }) => {
      await sleep(60);
      return page(`token-${number}`);
    };
    spoiled.proxy.plan(slow);
    const settings = { ...spoiled.settings, timeoutMs: 100 };
    const outcome = await keysOf(createStore(settings)).catch((error: unknown) => failureOf(error, settings));
    expect(outcome).toMatchObject({
      code: 'store-timeout',
      hint: expect.stringContaining('UPDATE_CONFIG_STORE_TIMEOUT'),
    });
    expect(spoiled.proxy.requests.length).toBeLessThan(20);
  });
});

test('the answer to an upload may have 4 MiB at most, too', async () => {
  const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
  const { outcome } = await spoiled.under(
    always({ kind: 'huge', size: GIGABYTE, announced: false }),
    (store) => store.put('db/x', Buffer.from('x'), options),
  );
  expect(outcome).toMatchObject({
    code: 'store-corrupt',
    message: expect.stringContaining('more than 4194304'),
  });
  // A listing that was given up before may arrive only now.
  const uploads = spoiled.proxy.requests.filter(({ method }) => method === 'PUT');
  expect(uploads.length).toBeGreaterThan(0);
  for (const { sent } of uploads) expect(sent).toBeLessThan(GIGABYTE / 10);
});
