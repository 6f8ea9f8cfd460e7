import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { publishedComparison } from '../../../src/app/web/published-comparison.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

let store: Published;
let proxy: FaultProxy;
const first = makeSampleIndex();
const second = changeSample(first).index;

beforeAll(async () => {
  store = await startPublished();
  proxy = await startFaultProxy(store.settings.endpoint);
});
afterAll(async () => {
  await proxy.close();
  await store.close();
});

const comparison = (own = first, maxIndexBytes = 2 ** 24) =>
  publishedComparison({
    settings: () => ({ ...store.settings, endpoint: proxy.endpoint }),
    maxIndexBytes,
    own: async () => own,
  });

it('a store without an index is told from one that cannot be read', async () => {
  expect(await comparison()()).toEqual({ kind: 'not-published' });
  proxy.plan(() => ({ kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }));
  expect(await comparison()()).toMatchObject({ kind: 'unknown', problem: { code: 'store-refused' } });
  proxy.plan(() => undefined);
});

it('the index of the store is fetched once for all who ask, and again only where it has changed', async () => {
  proxy.plan(() => undefined);
  const etag = await store.publish(first);
  const compare = comparison(second);
  const [one, two] = await Promise.all([compare(), compare()]);
  expect(one).toBe(two);
  expect(proxy.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined]);
  expect(one).toMatchObject({ kind: 'compared', pending: { changes: expect.any(Array) } });
  expect(await compare()).toEqual(one);
  expect(proxy.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, etag]);
  await store.publish(second);
  expect(await compare()).toMatchObject({ kind: 'compared', pending: { changes: [] } });
});

it('an index that is larger than machines take is a problem in words', async () => {
  expect(await comparison(first, 1024)()).toMatchObject({
    kind: 'unknown',
    problem: { code: 'index-too-large' },
  });
});
