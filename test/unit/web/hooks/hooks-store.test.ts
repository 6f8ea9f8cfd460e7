import { beforeAll, describe, expect, it } from 'vitest';
import { TokenBuckets } from '../../../../src/http/token-buckets.ts';
import { report } from '../../../support/runs/played-update.ts';
import { linesOfRun, type RequestRig, startRequests } from '../../../support/web/request-rig.ts';
import { amazon, HOOK_ENV, TOKEN, tigris, webhook } from '../../../support/webhooks/hook-sender.ts';

let server: RequestRig;
beforeAll(async () => {
  server = await startRequests(HOOK_ENV);
  const rates = { address: new TokenBuckets(Date.now, 1e4), verified: new TokenBuckets(Date.now, 1e4) };
  Object.assign(server.context.hooks, { rates, bucket: 'showcase' });
});

const AT = '2026-11-30T20:00:00.000Z';
const indexOf = (etag: string) => ({
  ...{ etag: `"${etag}"`, sha256: null, size: 1, time: AT, publishedAt: AT, by: null },
});
/** Of a run that publishes this index. */
const publishing = (etag: string) =>
  linesOfRun(report({ publish: { kind: 'published', index: indexOf(etag) }, index: indexOf(etag) }));
/** Of one that finds it in the store. */
const fetching = (etag: string) => linesOfRun(report({ index: indexOf(etag) }));

let events = 0;
/** Each notification is another event. */
async function tell(etag: string, make = tigris, at = ++events) {
  const eventTime = new Date(Date.UTC(2026, 10, 30, 12, 0, at)).toISOString();
  const answer = await server.ask('/hooks/store', 'nobody', {
    method: 'POST',
    body: JSON.stringify(make(etag, { eventTime })),
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
  });
  const body = (await answer.json()) as { id?: string; ignored?: string; repeated?: boolean };
  return { status: answer.status, ...body };
}

const stateOf = (id = '') => server.context.runs.run(id);
async function over(): Promise<void> {
  await expect
    .poll(() => server.context.runs.runs({ states: ['waiting', 'running'] }).total, { interval: 5 })
    .toBe(0);
}
async function publish(lines: string): Promise<void> {
  server.played.play({ lines });
  server.context.runs.publish('ann', 'administrator');
  await over();
}

describe('a notification of the store', () => {
  it('has the machines updated to what another host has published, and publishes nothing', async () => {
    server.played.play({ lines: fetching('theirs') });
    const { status, id } = await tell('theirs');
    await over();
    expect([status, stateOf(id)]).toMatchObject([
      202,
      { trigger: 'store', by: 'hook:store', state: 'done', target: 'fly' },
    ]);
    expect(server.played.starts.at(-1)).toBe('hook:store --events --target fly --no-publish');
  });

  it('of what the machines have already starts nothing, however it is told', async () => {
    await publish(publishing('ours'));
    const before = server.played.starts.length;
    expect(await tell('ours')).toEqual({ status: 200, ignored: 'the machines were given it already' });
    expect(await tell('"ours"', amazon)).toMatchObject({ status: 200 });
    await over();
    expect(server.played.starts).toHaveLength(before);
  });

  it('that comes while our own run is under way waits for its end, and starts nothing if it was that', async () => {
    const held = server.hold(publishing('next'));
    server.context.runs.publish('ann', 'administrator');
    await expect.poll(() => server.context.runs.runs({ states: ['running'] }).total).toBe(1);
    const { status, id } = await tell('next');
    expect([status, stateOf(id)?.trigger]).toEqual([202, 'administrator']);
    const before = server.context.runs.runs().total;
    held.release();
    await over();
    expect(server.context.runs.runs().total).toBe(before);
  });

  it('that comes meanwhile and is not of our run is followed by a run of its own', async () => {
    const held = server.hold(publishing('mine'));
    server.context.runs.publish('ann', 'administrator');
    await expect.poll(() => server.context.runs.runs({ states: ['running'] }).total).toBe(1);
    const first = await tell('elsewhere');
    server.played.play({ lines: fetching('elsewhere') });
    held.release();
    await over();
    expect(server.context.runs.runs({ limit: 1 }).rows[0]).toMatchObject({ trigger: 'store', state: 'done' });
    expect(await tell('elsewhere', tigris, events)).toEqual({ ...first, repeated: true });
  });

  it('of many that come meanwhile is followed by one run for all of them, asked for once', async () => {
    const { runs } = server.context;
    const held = server.hold(publishing('mine again'));
    runs.publish('ann', 'administrator');
    await expect.poll(() => runs.runs({ states: ['running'] }).total).toBe(1);
    const before = [runs.runs().total, runs.changes().total];
    for (let n = 0; n < 20; n += 1) await tell(`elsewhere-${n}`);
    server.played.play({ lines: fetching('elsewhere-19') });
    held.release();
    await over();
    expect([runs.runs().total, runs.changes().total]).toEqual(before.map((count) => count + 1));
  });

  it('twice is one run', async () => {
    server.played.play({ lines: fetching('twice') });
    const at = ++events;
    const answers = await Promise.all([tell('twice', tigris, at), tell('twice', tigris, at)]);
    expect(answers[1]?.id).toBe(answers[0]?.id);
    expect(answers.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    await over();
  });

  it('leaves what is pending here pending, and what waits to be published to its own run', async () => {
    const { runs } = server.context;
    const change = runs.intend({
      ...{ by: 'ann', kind: 'event', action: 'create', subject: '2027/boston/gala', studio: null },
      ...{ before: null, after: null },
    });
    runs.saved(change, { publish: false });
    server.played.play({ lines: fetching('other') });
    await tell('other');
    await over();
    expect(runs.change(change)?.state).toBe('pending');
    await publish(publishing('with-gala'));
    expect(runs.change(change)?.state).toBe('live');
  });

  it('is tried again without publishing, when machines fail', async () => {
    const failed = report({
      ...{ outcome: 'failed', index: indexOf('late') },
      machines: [
        {
          ...{ machine: { id: 'm1', region: 'iad', state: 'started' }, outcome: 'failed', etag: null },
          ...{
            detail: '',
            attempts: 1,
            ms: 5,
            error: { code: 'unauthorized', message: 'no', hint: 'Look.' },
          },
        },
      ],
    });
    server.played.play({ lines: linesOfRun(failed), exit: 1 });
    const { id } = await tell('late');
    await over();
    server.played.play({ lines: fetching('late') });
    const again = server.context.runs.retry(id ?? '', 'root') ?? '';
    await over();
    expect(stateOf(again)).toMatchObject({ trigger: 'store', state: 'done' });
    expect(server.played.starts.at(-1)).toMatch(/--no-publish$/);
  });

  it.each([
    ['of another object', tigris('x', {}, 'db/2026-boston.sqlite3')],
    ['of another bucket', tigris('x', { bucket: 'other' })],
    ['of a deletion', tigris('x', { eventName: 'OBJECT_DELETED' })],
    ['that only tries whether it arrives', { Event: 's3:TestEvent' }],
  ])('%s is understood, and starts nothing', async (_, body) => {
    const before = server.context.runs.runs().total;
    const { headers, body: text } = webhook(body);
    const answer = await server.ask('/hooks/store', 'nobody', { method: 'POST', body: text, headers });
    expect([answer.status, server.context.runs.runs().total]).toEqual([200, before]);
  });

  it('by the password of a login is taken, too', async () => {
    const login = `Basic ${Buffer.from(`tigris:${TOKEN}`).toString('base64')}`;
    const answer = await server.ask('/hooks/store', 'nobody', {
      method: 'POST',
      body: '{}',
      headers: { Authorization: login },
    });
    expect(answer.status).toBe(200);
  });

  it('by the same in another scheme is refused', async () => {
    const headers = { Authorization: `Digest ${Buffer.from(`tigris:${TOKEN}`).toString('base64')}` };
    const answer = await server.ask('/hooks/store', 'nobody', { method: 'POST', body: '{}', headers });
    expect(answer.status).toBe(401);
  });
});
