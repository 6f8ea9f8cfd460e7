import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { never } from '../../support/store/fault-proxy.ts';
import { eventIndex, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

// A hundred databases are uploaded one by one.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const LONG_AGO = new Date('2026-01-02T03:04:05Z');
/** Enough for several at a time; each costs the same. */
const COUNT = 100;
const KEYS = Array.from({ length: COUNT }, (_, at) => `studio-${at}`);

let store: EventStore;
let iad: Region;

beforeAll(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex({ iad: KEYS }));
  for (const key of KEYS) iad.write(`2026-${key}`, key, LONG_AGO);
});

afterAll(async () => {
  iad.remove();
  await store.close();
});

function counted(): Record<string, number> {
  const kinds = store
    .requests()
    .map((line) => line.replace(/db\/.+|inventory\/.+/, (key) => key.split('/')[0] ?? ''));
  return Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]),
  );
}

describe('the idle hook with a hundred events', () => {
  it('asks for each that the listing does not name, uploads it, and takes two requests for the inventory', async () => {
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${COUNT} uploaded`);
    expect(counted()).toEqual({
      'LIST db/': 1,
      'HEAD db': COUNT,
      'PUT db': COUNT,
      'GET inventory': 1,
      'PUT inventory': 1,
    });
    expect(Object.keys((await store.inventory('iad')) ?? {})).toHaveLength(COUNT);
  });

  it('asks the store nothing when none was changed', async () => {
    store.proxy.plan(never);
    const { stdout } = await iad.script('idle');
    expect(stdout).toContain(`Summary: done, ${COUNT} unchanged`);
    expect(store.requests()).toEqual([]);
  });

  it.each([1, 10])('of which %i were changed costs a request for each of those', async (count) => {
    for (const key of KEYS.slice(0, count)) iad.write(`2026-${key}`, `changed, one of ${count}`);
    store.proxy.plan(never);
    const { stdout } = await iad.script('idle');
    expect(stdout).toContain(`${count} uploaded, ${COUNT - count} unchanged`);
    expect(counted()).toEqual({ 'PUT db': count, 'GET inventory': 1, 'PUT inventory': 1 });
  });

  it('is followed by a sync-databases that needs one listing to find nothing to do', async () => {
    store.proxy.plan(never);
    expect((await iad.sync()).counts).toMatchObject({ unchanged: COUNT });
    expect(counted()).toEqual({ 'LIST db/': 1 });
  });
});
