import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { always, type Fault, type Plan } from '../../support/store/fault-proxy.ts';
import { failureOf, spoiledStore } from '../../support/store/spoiled-store.ts';

// A test asks for a thousand pages, and another one reads one of 16 MiB.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const MIB = 2 ** 20;
const GIGABYTE = 2 ** 30;

const spoiled = spoiledStore();

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

  test.each([false, true])(
    'whose page has no end is cut off at 16 MiB (announced: %j)',
    async (announced) => {
      const { outcome, seen } = await listUnder(always({ kind: 'huge', size: GIGABYTE, announced }));
      expect(outcome).toMatchObject({
        code: 'store-corrupt',
        message: 'LIST showcase/db/: the answer has more than 16777216 bytes',
        hint: expect.stringContaining('AWS_ENDPOINT_URL_S3'),
      });
      expect(seen).toEqual(['GET']);
      expect(spoiled.proxy.requests[0]?.sent).toBeLessThan(GIGABYTE / 10);
    },
  );

  // 16 MiB of either took 0.7 to 1.3 GiB of memory to be parsed.
  test.each([
    ['tags', '<a/>'],
    ['entities', '&amp;'],
  ])('whose page is full of %s is cut off before these are parsed', async (_, markup) => {
    const body = `<ListBucketResult>${markup.repeat(3 * MIB)}</ListBucketResult>`;
    const { outcome, seen } = await listUnder(always({ kind: 'answer', status: 200, body }));
    expect(outcome).toMatchObject({
      code: 'store-corrupt',
      message: 'LIST showcase/db/: the answer has more than 200000 tags and entities',
    });
    expect(seen).toEqual(['GET']);
  });

  test('with a page of just under 16 MiB is read', async () => {
    const { outcome } = await listUnder(always(page(null, 16 * MIB - 1000)));
    expect(outcome).toEqual([]);
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

test('the answer to an upload may have 16 MiB at most, too', async () => {
  const options = { condition: { replaces: 'anything' as const }, metadata: {}, contentType: 'text/plain' };
  const { outcome } = await spoiled.under(
    always({ kind: 'huge', size: GIGABYTE, announced: false }),
    (store) => store.put('db/x', Buffer.from('x'), options),
  );
  expect(outcome).toMatchObject({ code: 'store-corrupt', message: expect.stringContaining('16777216') });
  // A listing that was given up before may arrive only now.
  const uploads = spoiled.proxy.requests.filter(({ method }) => method === 'PUT');
  expect(uploads.length).toBeGreaterThan(0);
  for (const { sent } of uploads) expect(sent).toBeLessThan(GIGABYTE / 10);
});
