import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { changeSample } from '../../../../dev/sample/sample.ts';
import { sameEtag } from '../../../../src/etag.ts';
import { CONFIG_UPDATE, FleetHost } from '../../../support/fleet/fleet-host.ts';
import { webIndex } from '../../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';
import { HOOK_ENV, tigris, webhook } from '../../../support/webhooks/hook-sender.ts';
import { WebhookReceiver } from '../../../support/webhooks/webhook-receiver.ts';

// Machines answer with a real CGI each, to the built config-update, over a real store.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;
let receiver: WebhookReceiver;
let server: TestServer;

beforeAll(async () => {
  host = await FleetHost.start('--machines 2 --regions iad,gru'.split(' '), { real: true });
  host.writeIndex(webIndex().image);
  await host.run();
  receiver = await WebhookReceiver.start(null);
  server = await startWeb({
    command: [CONFIG_UPDATE],
    env: {
      ...host.environment(),
      ...HOOK_ENV,
      FLEET_ATTEMPTS: '1',
      WEBHOOK_NOTIFY_URL: `${receiver.url}/{event}`,
    },
  });
});
afterAll(async () => {
  await server.end();
  await host.close();
});

async function send(path: string, value: object): Promise<{ status: number; id?: string; ignored?: string }> {
  const answer = await server.ask(path, 'nobody', { method: 'POST', ...webhook(value) });
  return { status: answer.status, ...((await answer.json()) as object) };
}

async function ended(id = '') {
  const { runs } = server.context;
  await expect.poll(() => runs.run(id)?.state, { interval: 20 }).toBeOneOf(['done', 'failed']);
  return runs.run(id);
}

const told = (): string[] => receiver.heard.map(({ path }) => path.replace('/hooks/', ''));

it('a signed request has the index of this host published and fetched, and its notification starts nothing more', async () => {
  host.changeIndex();
  const { status, id } = await send('/hooks/update', {});
  const run = await ended(id);
  expect([status, run?.state, run?.report?.publish?.kind]).toEqual([202, 'done', 'published']);
  await expect.poll(told).toEqual(['index.published', 'run.finished']);
  const etag = (run?.report?.index?.etag ?? '').replaceAll('"', '');
  expect(await send('/hooks/store', tigris(etag, { bucket: host.published.settings.bucket }))).toEqual({
    status: 200,
    ignored: 'the machines were given it already',
  });
});

it('an index that another host has published reaches every machine, and ours stays here and is not published over it', async () => {
  const ours = readFileSync(host.admin.path('index.sqlite3'));
  const { index } = changeSample(changeSample(webIndex().image).index);
  const theirs = await host.published.publish(index);
  const bucket = host.published.settings.bucket;
  const { status, id } = await send('/hooks/store', tigris(theirs.replaceAll('"', ''), { bucket }));
  const run = await ended(id);
  expect([status, run?.state, run?.report?.publish?.kind]).toEqual([202, 'done', 'unchanged']);
  expect(run?.report?.machines.map(({ outcome, etag }) => [outcome, sameEtag(etag ?? '', theirs)])).toEqual([
    ['updated', true],
    ['updated', true],
  ]);
  expect(readFileSync(host.admin.path('index.sqlite3'))).toEqual(ours);
  expect(await host.published.store.head('db/index.sqlite3')).toMatchObject({ object: { etag: theirs } });
  await expect.poll(told).toEqual(['index.published', 'run.finished', 'run.finished']);
});

it('the next publication from here says that another host was faster', async () => {
  host.changeIndex();
  host.changeIndex();
  const { id } = await send('/hooks/update', {});
  expect((await ended(id))?.error?.code).toBe('changed-elsewhere');
});
