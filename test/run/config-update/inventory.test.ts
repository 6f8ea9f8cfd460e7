import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { Watched } from '../../support/config-update/watched.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';
import { makeGate } from '../../support/suite/gate.ts';

let scene: Scene;
let proxy: FaultProxy;
beforeEach(async () => {
  scene = await startScene();
  proxy = await startFaultProxy(scene.published.settings.endpoint);
});
afterEach(async () => {
  await proxy.close();
  await scene.close();
});

it('config-update ends when the inventory names the index, however slow the store is by then', async () => {
  const gate = makeGate();
  const host = scene.host(undefined, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
  const put = new Promise<void>((resolve) => {
    proxy.plan(async ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/inventory/')) return undefined;
      resolve();
      await gate.opened;
      return undefined;
    });
  });
  const run = new Watched(host);
  await run.said('  m1... ✓ Success\n');
  await run.said('  m2... ✓ Success\n');
  await put;
  // As long as a process takes to end that does not wait for it.
  await Promise.race([run.ended, wait(1500)]);
  gate.open();
  expect(await run.ended).toEqual({ exitCode: 0, signal: null });
  const got = await scene.published.store.get('inventory/index.json', { maxBytes: 9999 });
  expect(got.kind === 'found' && got.bytes.toString()).toContain('index.sqlite3');
});

it('config-update without a machine to ask waits for the inventory, too', async () => {
  const host = scene.host(undefined, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
  host.list({ id: 'm1', state: 'suspended' });
  const { exitCode, stdout } = await host.configUpdate();
  expect(exitCode, stdout).toBe(3);
  const got = await scene.published.store.get('inventory/index.json', { maxBytes: 9999 });
  expect(got.kind).toBe('found');
});
