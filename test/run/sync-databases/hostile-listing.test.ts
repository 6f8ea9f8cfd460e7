import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import type { Plan } from '../../support/store/fault-proxy.ts';
import { Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

// A test asks for a thousand pages.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const GIGABYTE = 2 ** 30;
const READY = join(ROOT, 'scripts/ready');

let store: EventStore;
let iad: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

const isListing = (path: string): boolean => path.includes('list-type=2');

/** Each page of every listing says that there is another one. */
const endless: Plan = ({ path, number }) => {
  if (!isListing(path)) return undefined;
  const body = `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${number}</NextContinuationToken></ListBucketResult>`;
  return { kind: 'answer', status: 200, body };
};

/** The one page of every listing has no end. */
const huge: Plan = ({ path }) =>
  isListing(path) ? { kind: 'huge', size: GIGABYTE, announced: false } : undefined;

it('scripts/sync-databases ends if a listing never ends, and says so', async () => {
  store.proxy.plan(endless);
  const { exitCode, stdout } = await iad.script('sync-databases');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('LIST showcase/db/: the listing has more than 1000 pages');
  expect(store.requests().filter((request) => request === 'LIST db/')).toHaveLength(1000);
});

it.each([
  ['sync-databases', SCRIPTS['sync-databases'], [] as string[]],
  ['ready', READY, ['--only', 'tenants']],
] as const)('scripts/%s gives up a page of a listing that has no end', async (_, executable, args) => {
  store.proxy.plan(huge);
  const { exitCode, stdout } = await iad.run(args, { executable });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('LIST showcase/db/: the page of the listing has more than 4194304 bytes');
  const sent = store.proxy.requests.reduce((sum, request) => sum + request.sent, 0);
  expect(sent).toBeLessThan(GIGABYTE / 10);
});
