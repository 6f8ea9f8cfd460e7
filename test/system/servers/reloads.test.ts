import { once } from 'node:events';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { EXECUTABLE, Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { EARLIER, FIRST, LATER, SECOND } from '../../support/machine/use-machine.ts';
import { NavigatorCgi } from '../../support/servers/navigator-cgi.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

const CALLERS = 20;

let published: Published;
let machine: Machine;
let navigator: NavigatorCgi;
let proxy: FaultProxy;
/** Has a character for each process that was started. */
let started: string;

beforeAll(async () => {
  published = await startPublished();
});
afterAll(() => published.close());
beforeEach(async () => {
  await published.publish(FIRST, EARLIER);
  machine = new Machine({ ...published.env, UPDATE_CONFIG_LOCK_TIMEOUT: '600' });
  await machine.post();
  machine.settle();
  started = join(machine.home, 'started');
  const hook = join(machine.home, 'hook.cjs');
  writeFileSync(started, '');
  writeFileSync(hook, `require('node:fs').appendFileSync(${JSON.stringify(started)}, '.');`);
  proxy = await startFaultProxy(published.env['AWS_ENDPOINT_URL_S3'] ?? '');
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', ...machine.env },
    AWS_ENDPOINT_URL_S3: proxy.endpoint,
    NODE_OPTIONS: `--require=${hook}`,
  };
  navigator = await NavigatorCgi.start({ script: EXECUTABLE, appRoot: machine.appRoot, env });
});
afterEach(async () => {
  await navigator.close();
  await proxy.close();
  machine.remove();
});

const post = async () => (await fetch(navigator.url, { method: 'POST' })).status;

it(`${CALLERS} POSTs at once after one change give at most 3 reloads, and the last one is of the new index`, async () => {
  await published.publish(SECOND, LATER);
  // However long it takes to start so many processes, they are all there before the store gives one of them the change.
  proxy.plan(async () => {
    await expect.poll(() => statSync(started).size).toBe(CALLERS);
    return undefined;
  });
  const statuses = await Promise.all(Array.from({ length: CALLERS }, post));
  expect(new Set(statuses)).toEqual(new Set([200]));
  await navigator.run(CALLERS - 1);
  expect(navigator.runs).toHaveLength(CALLERS);
  const reloads = navigator.runs.filter(({ reloaded }) => reloaded).length;
  expect(reloads).toBeGreaterThan(0);
  expect(reloads).toBeLessThanOrEqual(3);
  expect(navigator.loads.at(-1)).toContain('tea-dance');
});

it('Navigator reloads also for a caller that closes the connection as soon as it has the answer', async () => {
  // As long as the process takes to end, Navigator would kill it, and then not reload.
  appendFileSync(
    join(machine.home, 'hook.cjs'),
    `process.on('exit', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));`,
  );
  await published.publish(SECOND, LATER);
  const [answer] = (await once(
    request(navigator.url, { method: 'POST', agent: false }).end(),
    'response',
  )) as [IncomingMessage];
  expect(await text(answer)).toContain('RESULT');
  answer.destroy();
  expect(await navigator.run(0)).toMatchObject({ exitCode: 0, signal: null, reloaded: true });
});

it('a POST that comes after a change does not wait, and is followed by one more reload at most', async () => {
  await published.publish(SECOND, LATER);
  expect(await post()).toBe(200);
  for (let number = 0; number < 3; number++) expect(await post()).toBe(200);
  expect(navigator.runs[0]?.reloaded).toBe(true);
  expect(navigator.loads.at(-1)).toContain('tea-dance');
});
