import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import type { ObjectStore, StoreSettings } from '../../../src/store/object-store.ts';
import { createStore } from '../../../src/store/store.ts';
import { startEmbedded } from './embedded.ts';
import { type FaultProxy, type Plan, startFaultProxy } from './fault-proxy.ts';

export interface SpoiledStore {
  /** Straight to the embedded store. */
  direct: ObjectStore;
  /** Through the proxy. */
  store: ObjectStore;
  settings: StoreSettings;
  proxy: FaultProxy;
  /** Runs with that plan, and returns the outcome (or the `Failure`) and what the proxy has seen, such as `GET`. */
  under<T>(
    plan: Plan,
    run: (store: ObjectStore) => Promise<T>,
  ): Promise<{ outcome: T | Failure; seen: string[] }>;
}

/** An embedded store behind a fault proxy, for all tests of a file. */
export function spoiledStore(): SpoiledStore {
  const it = {} as SpoiledStore;
  let close = async () => {};
  beforeAll(async () => {
    const embedded = await startEmbedded();
    it.proxy = await startFaultProxy(embedded.settings.endpoint);
    it.settings = { ...embedded.settings, endpoint: it.proxy.endpoint };
    it.direct = createStore(embedded.settings);
    it.store = createStore(it.settings);
    close = async () => {
      await it.proxy.close();
      await embedded.close();
    };
  });
  beforeEach(() => it.proxy.plan(() => undefined));
  afterAll(() => close());
  it.under = async (plan, run) => {
    it.proxy.plan(plan);
    const outcome = await run(it.store).catch((error: unknown) => failureOf(error, it.settings));
    return { outcome, seen: it.proxy.requests.map((request) => request.method) };
  };
  return it;
}

/** @throws what is not a Failure. No failure may show a secret, however deep one looks into its causes. */
export function failureOf(error: unknown, settings: StoreSettings): Failure {
  if (!(error instanceof Failure)) throw error;
  const shown = inspect(error, { depth: 20, showHidden: true });
  expect(shown).not.toContain(settings.secretAccessKey);
  expect(shown).not.toMatch(/Signature=|AWS4-HMAC|Credential=/);
  expect(error.hint).not.toBe('');
  return error;
}
