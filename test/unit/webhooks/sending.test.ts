import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halfFailed, machine, report, told } from '../../support/runs/played-update.ts';
import { KEY, OLD_KEY } from '../../support/webhooks/hook-sender.ts';
import { answer, WebhookReceiver } from '../../support/webhooks/webhook-receiver.ts';
import { WebhookRoom } from '../../support/webhooks/webhook-room.ts';

const INDEX = {
  etag: '"0a1b2c"',
  sha256: 'f'.repeat(64),
  size: 98_304,
  time: '2026-11-30T20:00:00.000Z',
  publishedAt: '2026-11-30T20:00:01.000Z',
  by: 'ann@admin',
};
const PUBLISHED = report({ publish: { kind: 'published', index: INDEX }, index: INDEX });

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
/** Gives the run. */
const publish = (): string => {
  const change = room.runs.publish('ann', 'administrator');
  return room.runs.change(change)?.run ?? '';
};

describe('what programs are told', () => {
  it('is that an index was published, and how the run ended', async () => {
    room.played.play({ lines: told(PUBLISHED) });
    begin();
    const run = publish();
    const [first, second] = await receiver.has(2);
    expect(first).toMatchObject({
      method: 'POST',
      type: 'index.published',
      headers: { 'content-type': 'application/json', 'user-agent': expect.stringMatching(/^showcase-web\//) },
      data: {
        index: { etag: INDEX.etag, size: 98_304 },
        run: { id: run, url: `https://admin.example/runs/${run}` },
      },
    });
    expect(second).toMatchObject({
      type: 'run.finished',
      data: {
        run: { id: run, state: 'done', trigger: 'administrator', by: 'ann', next: null },
        outcome: 'done',
        machines: { updated: 1, unchanged: 0, failed: 0, skipped: 0 },
        error: null,
      },
    });
    expect(Object.keys(JSON.parse(first?.text ?? ''))).toEqual(['type', 'timestamp', 'data']);
    expect(receiver.wrong).toEqual([]);
  });

  it('is each machine that failed, once nobody tries it again', async () => {
    room.played.play({ lines: told(halfFailed('unauthorized')), exit: 1 });
    begin();
    publish();
    const heard = await receiver.has(2);
    expect(receiver.types).toEqual(['run.finished', 'machine.failed']);
    expect(heard[1]?.data).toMatchObject({
      machine: { id: 'm2', region: 'iad', target: 'fly' },
      error: { code: 'unauthorized', message: 'm2 does not answer' },
    });
  });

  it('of a run that is tried again is each of its ends, and its machines at the last', async () => {
    room.played.play({ lines: told(halfFailed()), exit: 1 }, 1);
    begin();
    publish();
    const heard = await receiver.has(2);
    const [first, second] = heard.map(({ data }) => data['run'] as Record<string, unknown>);
    expect([first?.['state'], first?.['next']]).toEqual(['failed', second?.['id']]);
    expect(second?.['state']).toBe('done');
    expect(receiver.types).toEqual(['run.finished', 'run.finished']);
  });

  it('of a run that somebody takes back is that', async () => {
    room.played.hold();
    begin();
    publish();
    await expect.poll(() => room.runs.runs({ states: ['running'] }).total).toBe(1);
    room.runs.cancel(publish(), 'bob');
    const [heard] = await receiver.has(1);
    expect(heard?.data).toMatchObject({
      run: { state: 'cancelled', next: null },
      error: { code: 'cancelled' },
    });
    await room.played.letGo();
    await receiver.has(2);
  });

  it('of a thousand machines is a hundred at most by name', async () => {
    const error = { code: 'unauthorized', message: 'no', hint: 'Look.' } as const;
    const machines = Array.from({ length: 1000 }, (_, n) => machine(`m${n}`, { outcome: 'failed', error }));
    room.played.play({ lines: told(report({ outcome: 'failed', machines })), exit: 1 });
    begin();
    publish();
    const heard = await receiver.has(101);
    await room.reach('delivered', 101);
    expect(heard).toHaveLength(101);
    expect(heard[0]?.data['machines']).toMatchObject({ failed: 1000 });
  });

  it('holds no secret of the environment', async () => {
    const error = {
      code: 'unauthorized',
      message: 'the store says sesame-open',
      hint: 'whsec_AAAABBBB',
    } as const;
    room.played.play({
      lines: told(report({ outcome: 'failed', machines: [machine('m1', { outcome: 'failed', error })] })),
      exit: 1,
    });
    const env = { PATH: process.env['PATH'], AWS_SECRET_ACCESS_KEY: 'sesame-open' };
    room.open(settings(), {}, { env }).start();
    publish();
    await receiver.has(2);
    const texts = receiver.heard.map(({ text }) => text).join('');
    expect(texts).not.toMatch(/sesame-open|whsec_/);
    expect(texts).toContain('[redacted]');
  });

  it('is only what an endpoint asks for, and nothing where there is none', async () => {
    room.played.play({ lines: told(PUBLISHED) });
    begin(settings(`${receiver.url}#index.published`));
    publish();
    await room.reach('delivered', 1);
    expect(receiver.types).toEqual(['index.published']);
    await room.close();
    begin({});
    publish();
    await expect.poll(() => room.runs.runs({ states: ['done'] }).total).toBe(2);
    expect(room.deliveries).toHaveLength(1);
  });

  it('is signed by each key while these change', async () => {
    begin({
      ...settings(),
      WEBHOOK_SIGNING_KEY: `${OLD_KEY}\n${receiver.url} ${KEY}\n${receiver.url} ${OLD_KEY}`,
    });
    publish();
    const [heard] = await receiver.has(1);
    const headers = heard?.headers as Record<string, string>;
    for (const key of [KEY, OLD_KEY])
      expect(() => new Webhook(key).verify(heard?.text ?? '', headers)).not.toThrow();
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });

  it('is one GET for whoever wants to be asked, as the platform does', async () => {
    const plain = await WebhookReceiver.start(null);
    room.played.play({ lines: told(PUBLISHED) });
    begin({ WEBHOOK_NOTIFY_URL: `${plain.url}?token=1` });
    publish();
    await room.reach('delivered', 1);
    expect(plain.heard).toMatchObject([{ method: 'GET', path: '/hooks?token=1', text: '' }]);
    expect(plain.heard[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('stands in the address for whoever wants it there', async () => {
    const plain = await WebhookReceiver.start(null);
    room.played.play({ lines: told(PUBLISHED) });
    begin({ WEBHOOK_NOTIFY_URL: `${plain.url}/{event}?event={event}` });
    publish();
    await room.reach('delivered', 2);
    expect(plain.heard.map(({ path }) => path)).toEqual([
      '/hooks/index.published?event=index.published',
      '/hooks/run.finished?event=run.finished',
    ]);
  });
});

describe('messages', () => {
  it('come in order, although the first is taken late', async () => {
    room.played.play({ lines: told(PUBLISHED) });
    receiver.next.push(answer(500), answer(500));
    begin(settings(), { pausesMs: [5, 5, 5] });
    publish();
    await room.reach('delivered', 2);
    expect(receiver.types).toEqual([...Array(3).fill('index.published'), 'run.finished']);
  });

  it('that an endpoint never takes hold up no others for ever', async () => {
    room.played.play({ lines: told(PUBLISHED) });
    receiver.next.push(answer(500), answer(500), answer(500), answer(500));
    begin(settings(), { pausesMs: [1, 1, 1, 3_600_000] });
    publish();
    await room.reach('delivered', 2);
    // It waited aside, and was due again as soon as another one was taken.
    expect(receiver.types.slice(3)).toEqual(['index.published', 'run.finished', 'index.published']);
  });

  it('go to one endpoint while another is dead', async () => {
    const dead = new WebhookReceiver(KEY);
    await dead.listen();
    await dead.stop();
    begin(settings(`${dead.url} ${receiver.url}`), { pausesMs: [3_600_000] });
    for (const _ of [1, 2, 3]) {
      publish();
      await expect.poll(() => room.runs.runs({ states: ['waiting', 'running'] }).total).toBe(0);
    }
    await room.reach('delivered', 3);
    const waiting = room.deliveries.filter(({ state }) => state === 'waiting');
    expect(waiting.map(({ attempts }) => attempts).sort()).toEqual([0, 0, 1]);
  });

  it('are sent again by hand, under the same name', async () => {
    begin();
    publish();
    await room.reach('delivered', 1);
    expect(room.runs.outbox.again('nothing')).toBeNull();
    room.runs.outbox.again(room.deliveries[0]?.id ?? '');
    room.webhooks.wake();
    await room.reach('delivered', 2);
    const [first, second] = receiver.heard.map(({ headers }) => headers['webhook-id']);
    expect(second).toBe(first);
  });

  it('that wait for an endpoint which is no longer set are not sent, and others stay as they are', async () => {
    begin(settings(), { pausesMs: [3_600_000] });
    publish();
    await room.reach('delivered', 1);
    receiver.usual = answer(500);
    publish();
    await expect.poll(() => room.deliveries[0]?.status).toBe(500);
    await room.close();
    const other = await WebhookReceiver.start(KEY);
    begin(settings(other.url));
    await room.reach('ended', 1);
    expect(room.deliveries.map(({ state }) => state)).toEqual(['ended', 'delivered']);
    expect(other.heard).toEqual([]);
  });
});
