import { beforeAll, describe, expect, it } from 'vitest';
import { type RequestRig, startRequests } from '../../../support/web/request-rig.ts';
import { HOOK_ENV, KEY, webhook } from '../../../support/webhooks/hook-sender.ts';
import { answer, TAKE, WebhookReceiver } from '../../../support/webhooks/webhook-receiver.ts';

let receiver: WebhookReceiver;
let server: RequestRig;
beforeAll(async () => {
  receiver = await WebhookReceiver.start(KEY);
  const urls = `${receiver.url}/AbCdEfGhIjKlMnOpQrStUvWx?token=hunter2`;
  server = await startRequests({ ...HOOK_ENV, WEBHOOK_URLS: urls, WEBHOOK_SIGNING_KEY: KEY });
});

interface Listed {
  readonly endpoints: readonly {
    readonly id: string;
    readonly endedAt: string | null;
    readonly problem: string | null;
  }[];
  readonly deliveries: readonly {
    readonly id: string;
    readonly type: string;
    readonly state: string;
    readonly problem: string | null;
  }[];
  readonly received: readonly { readonly hook: string; readonly run: string }[];
}
const listed = async (): Promise<Listed> =>
  (await (await server.ask('/admin/webhooks.json', 'administrator')).json()) as Listed;
const page = async (): Promise<string> =>
  await (await server.ask('/admin/webhooks/', 'administrator')).text();
const states = async (): Promise<string[]> => (await listed()).deliveries.map(({ state }) => state);

describe('the page of webhooks', () => {
  it('lists endpoints, deliveries and requests, and nothing that is secret', async () => {
    receiver.next.push(answer(500));
    const signed = webhook({});
    const asked = await server.ask('/hooks/update', 'nobody', { method: 'POST', ...signed });
    const { id } = (await asked.json()) as { id: string };
    await expect.poll(async () => (await listed()).deliveries[0]?.problem).toBe('it answered 500');
    const { endpoints, deliveries, received } = await listed();
    expect(endpoints).toMatchObject([{ endedAt: null, problem: 'it answered 500' }]);
    expect(deliveries).toMatchObject([{ type: 'run.finished', state: 'waiting' }]);
    expect(received).toMatchObject([{ hook: 'update', run: id }]);
    const text = await page();
    for (const part of [
      'it answered 500',
      'run.finished',
      'Send now',
      `/runs/${id}`,
      'hooks/update',
      'Failing',
    ])
      expect(text).toContain(part);
    const all = text + JSON.stringify(await listed());
    for (const secret of [
      KEY,
      KEY.slice(6),
      'hunter2',
      'AbCdEfGh',
      ...Object.values(HOOK_ENV),
      'secret-of-the',
    ])
      expect(all).not.toContain(secret);
  });

  it('has a delivery sent at once, and again', async () => {
    const [first] = (await listed()).deliveries;
    const answered = await server.post(`/admin/webhooks/${first?.id}/again`, {}, 'administrator');
    expect([answered.status, answered.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('webhooks/'),
    ]);
    await expect.poll(states).toEqual(['delivered']);
    await server.post(`/admin/webhooks/${first?.id}/again`, {}, 'administrator');
    await expect.poll(states).toEqual(['delivered', 'delivered']);
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await page()).toContain('Send again');
  });

  it('has a test sent to an endpoint, which is tried once', async () => {
    const [endpoint] = (await listed()).endpoints;
    receiver.next.push(answer(500));
    await server.post('/admin/webhooks/test', { endpoint: endpoint?.id ?? '' }, 'administrator');
    await expect.poll(async () => (await states())[0]).toBe('given-up');
    receiver.usual = TAKE;
    await server.post('/admin/webhooks/test', { endpoint: endpoint?.id ?? '' }, 'administrator');
    await expect.poll(async () => (await states())[0]).toBe('delivered');
    expect(receiver.types.at(-1)).toBe('webhook.test');
    expect(await page()).toContain('In order');
  });

  it('says that an endpoint has ended, and how it begins again', async () => {
    const [endpoint] = (await listed()).endpoints;
    receiver.next.push(answer(410));
    await server.post('/admin/webhooks/test', { endpoint: endpoint?.id ?? '' }, 'administrator');
    await expect.poll(async () => (await listed()).endpoints[0]?.endedAt).not.toBeNull();
    expect(await page()).toContain('it answered 410');
  });

  it.each([
    ['/admin/webhooks/nothing/again', {}],
    ['/admin/webhooks/test', { endpoint: 'nothing' }],
    ['/admin/webhooks/test', {}],
  ])('%s with %j is not there', async (path, fields) => {
    expect((await server.post(path, fields, 'administrator')).status).toBe(404);
  });

  it('is refused without the token of its form', async () => {
    const sent = { method: 'POST', body: new URLSearchParams({ endpoint: 'x' }) };
    expect((await server.ask('/admin/webhooks/test', 'administrator', sent)).status).toBe(403);
  });
});
