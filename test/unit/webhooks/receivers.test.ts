import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY } from '../../support/webhooks/hook-sender.ts';
import { answer, TAKE, WebhookReceiver } from '../../support/webhooks/webhook-receiver.ts';
import { WebhookRoom } from '../../support/webhooks/webhook-room.ts';

let room: WebhookRoom;
let receiver: WebhookReceiver;
beforeEach(async () => {
  room = new WebhookRoom();
  receiver = await WebhookReceiver.start(KEY);
});
afterEach(async () => {
  await room.close();
  room.remove();
});

const settings = (urls = receiver.url): NodeJS.ProcessEnv => ({
  WEBHOOK_URLS: urls,
  WEBHOOK_SIGNING_KEY: KEY,
});
const begin = (env = settings(), ...limits: Parameters<WebhookRoom['open']>[1][]) =>
  room.open(env, ...limits).start();
const publish = (): string => room.runs.publish('ann', 'administrator');

describe('a receiver', () => {
  it.each([
    ['answers 500', answer(500), 'it answered 500'],
    ['answers 404', answer(404), 'it answered 404'],
    [
      'leads elsewhere',
      answer(302, { Location: 'http://127.0.0.1:1/' }),
      expect.stringMatching(/leads elsewhere/),
    ],
    ['takes it and drops the connection', { kind: 'drop' } as const, 'the connection broke (ECONNRESET)'],
  ])('that %s is sent the same again', async (_, way, problem) => {
    receiver.next.push(way);
    begin(settings(), { pausesMs: [1, 1, 1] });
    publish();
    await room.reach('delivered', 1);
    const [first, second] = receiver.heard;
    expect(second?.text).toBe(first?.text);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(receiver.heard).toHaveLength(2);
    expect(receiver.wrong).toEqual([]);
    expect(room.deliveries[0]).toMatchObject({ attempts: 2, status: 204, problem: null });
    expect(room.problems.join()).toContain(typeof problem === 'string' ? problem : 'leads elsewhere');
  });

  it('that never answers is given up after its time', async () => {
    receiver.usual = { kind: 'hang' };
    begin(settings(), { attemptMs: 50, pausesMs: [5] });
    publish();
    await room.reach('given-up', 1);
    expect(room.deliveries[0]).toMatchObject({
      attempts: 2,
      status: null,
      problem: 'no answer within 0.05 s',
    });
  });

  it('that never answers keeps nobody else waiting, nor the end of this server', async () => {
    const other = await WebhookReceiver.start(KEY);
    receiver.usual = { kind: 'hang' };
    begin(settings(`${receiver.url} ${other.url}`));
    publish();
    await room.reach('delivered', 1);
    await room.reach('sending', 1);
  });

  it.each(['slow-body', 'huge-body'] as const)(
    'with a %s has taken it when its status is there',
    async (kind) => {
      receiver.usual = { kind };
      begin();
      publish();
      await room.reach('delivered', 1);
      expect(receiver.heard).toHaveLength(1);
    },
  );

  it('whose certificate nobody knows gets nothing', async () => {
    const secure = await WebhookReceiver.start(KEY, true);
    begin(settings(secure.url), { pausesMs: [] });
    publish();
    await room.reach('given-up', 1);
    expect(room.deliveries[0]?.problem).toMatch(/^its certificate, or its TLS, is not accepted/);
    expect(secure.heard).toEqual([]);
  });

  it('that is gone (410) is told nothing more, until it takes a test', async () => {
    receiver.usual = answer(410);
    begin();
    publish();
    await room.reach('ended', 1);
    publish();
    await expect.poll(() => room.runs.runs({ states: ['done'] }).total).toBe(2);
    expect(room.deliveries).toHaveLength(1);
    const [endpoint] = room.webhooks.endpoints;
    expect(room.runs.outbox.stateOf(endpoint?.id ?? '').endedAt).not.toBeNull();
    receiver.usual = TAKE;
    room.runs.outbox.test(endpoint?.id ?? '');
    room.webhooks.wake();
    await room.reach('delivered', 1);
    expect(receiver.types).toContain('webhook.test');
    publish();
    await room.reach('delivered', 2);
  });

  it('says nothing that anybody logs or shows', async () => {
    receiver.next.push(answer(500));
    begin();
    publish();
    await room.reach('delivered', 1);
    expect(JSON.stringify([room.problems, room.deliveries])).not.toContain('secret-of-the-receiver');
  });

  it('that asks for a pause gets it', async () => {
    receiver.next.push(answer(503, { 'Retry-After': '3600' }));
    begin();
    publish();
    await expect.poll(() => room.deliveries[0]?.status).toBe(503);
    const due = Date.parse(room.deliveries[0]?.dueAt ?? '') - Date.parse(room.deliveries[0]?.lastAt ?? '');
    expect(due).toBeGreaterThan(3_590_000);
  });
});
