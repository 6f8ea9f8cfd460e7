import { beforeAll, describe, expect, it } from 'vitest';
import { TokenBuckets } from '../../../../src/http/token-buckets.ts';
import type { Run } from '../../../../src/runs/run-model.ts';
import { startRequests } from '../../../support/web/request-rig.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';
import {
  github,
  HOOK_ENV,
  KEY,
  OLD_KEY,
  push,
  SECRET,
  type Signed,
  TOKEN,
  tigris,
  webhook,
} from '../../../support/webhooks/hook-sender.ts';

const many = (): TestServer['context']['hooks']['rates'] => ({
  address: new TokenBuckets(Date.now, 10_000),
  verified: new TokenBuckets(Date.now, 10_000),
});

let server: TestServer;
beforeAll(async () => {
  server = await startRequests(HOOK_ENV);
  Object.assign(server.context.hooks, { rates: many() });
});

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly body: {
    readonly id?: string;
    readonly url?: string;
    readonly repeated?: boolean;
    readonly ignored?: string;
  };
}

async function send(path: string, { body, headers }: Signed, to = server): Promise<Answer> {
  const answer = await to.ask(path, 'nobody', { method: 'POST', body, headers });
  const text = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get('location'),
    body: text ? JSON.parse(text) : {},
  };
}

const update = (signed: Signed) => send('/hooks/update', signed);
const runOf = (id: string | undefined, from = server): Run =>
  from.context.runs.run(id ?? '') ?? expect.unreachable(`no run ${id}`);
const runs = (): number => server.context.runs.runs().total;

describe('hooks/update', () => {
  it('gives the run that it asks for, and where to see it', async () => {
    const { status, location, body } = await update(webhook({ target: 'fly' }));
    expect(status).toBe(202);
    expect(body).toEqual({ id: body.id, url: `${server.context.webUrl}/runs/${body.id}`, repeated: false });
    expect(location).toBe(body.url);
    expect(runOf(body.id)).toMatchObject({ target: 'fly', trigger: 'hook', by: 'hook:update' });
  });

  it('takes an empty body, and what is signed by a key that is being replaced', async () => {
    expect((await update(webhook(''))).status).toBe(202);
    expect((await update(webhook({}, { key: OLD_KEY }))).status).toBe(202);
  });

  it('takes a push to the default branch that GitHub has signed', async () => {
    const { status, body } = await update(await github('push', push('main')));
    const by = server.context.runs.changesOf(body.id ?? '').map((change) => change.by);
    expect([status, by]).toEqual([202, expect.arrayContaining(['hook:github'])]);
  });

  it('answers a ping of GitHub, and does nothing', async () => {
    const before = runs();
    const { status, body } = await update(await github('ping', { zen: 'Design for failure.' }));
    expect([status, body]).toEqual([200, { ignored: 'pong' }]);
    expect(runs()).toBe(before);
  });

  it.each([
    ['another type', webhook({ type: 'invoice.paid' })],
    ['an unknown type whose data is anything', webhook({ type: 'x'.repeat(10_000), data: [] })],
  ])('does nothing for %s, and says so', async (_, signed) => {
    const before = runs();
    expect((await update(signed)).status).toBe(200);
    expect(runs()).toBe(before);
  });

  it.each([
    ['a target of another server', webhook({ target: 'kamal' }), 'target'],
    ['a target that there is not', webhook({ target: 'fly --undo' }), 'target'],
    ['a body that is no JSON', webhook('{'), 'body'],
    ['a body that is a list', webhook([]), 'body'],
  ])('refuses %s by its field, and forgets the delivery', async (_, signed, field) => {
    expect(await update(signed)).toMatchObject({ status: 422, body: { field } });
    const id = signed.headers['webhook-id'];
    expect((await update(webhook({}, { id }))).body.repeated).toBe(false);
  });
});

describe('the same delivery', () => {
  it('twice is one run, whose address both are given', async () => {
    const signed = webhook({});
    const first = await update(signed);
    const second = await update(signed);
    expect(second).toEqual({ ...first, body: { ...first.body, repeated: true } });
  });

  it('20 times at once is one run', async () => {
    const signed = webhook({});
    const answers = await Promise.all(Array.from({ length: 20 }, () => update(signed)));
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    expect(answers.filter(({ body }) => body.repeated === false)).toHaveLength(1);
  });

  it('under another name is known by its body, since GitHub signs nothing else', async () => {
    const fields = push('main', { after: 'a'.repeat(40) });
    const first = await update(await github('push', fields));
    const again = await update(await github('push', fields));
    expect(again.body).toEqual({ ...first.body, repeated: true });
  });

  it('is two where GitHub dispatches the same twice, since nothing tells such bodies apart', async () => {
    const settings = server.context.hooks;
    const { events } = settings.github;
    Object.assign(settings, { github: { ...settings.github, events: ['push', 'repository_dispatch'] } });
    const dispatch = { action: 'update', client_payload: {}, repository: { id: 7 } };
    const signed = await github('repository_dispatch', dispatch);
    const answers = [await update(signed), await update(await github('repository_dispatch', dispatch))];
    expect(answers.map(({ body }) => body.repeated)).toEqual([false, false]);
    expect((await update(signed)).body.repeated).toBe(true);
    Object.assign(settings, { github: { ...settings.github, events } });
  });

  it('is known after a restart, also when its run is over', async () => {
    const one = await startWeb({ env: HOOK_ENV, keep: true, command: ['/bin/true'] });
    const [standard, push1] = [webhook({}), await github('push', push('main'))];
    const before = [await send('/hooks/update', standard, one), await send('/hooks/update', push1, one)];
    await one.end();
    const two = await startWeb({ env: HOOK_ENV, home: one.home, command: ['/bin/true'] });
    const after = [await send('/hooks/update', standard, two), await send('/hooks/update', push1, two)];
    expect(after.map(({ body }) => [body.id, body.repeated])).toEqual(
      before.map(({ body }) => [body.id, true]),
    );
  });
});

describe('whoever cannot prove who it is', () => {
  const late = new Date(Date.now() - 301_000);
  const stranger = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const plain = { 'Content-Type': 'application/json' };
  const basic = (password: string) => `Basic ${Buffer.from(`tigris:${password}`).toString('base64')}`;
  const withHeader = ({ body, headers }: Signed, name: string, value: string): Signed => ({
    body,
    headers: { ...headers, [name]: value },
  });

  it.each<[string, () => Signed | Promise<Signed>]>([
    ['without a signature', () => ({ body: '{}', headers: plain })],
    ['with another key', () => webhook({}, { key: stranger })],
    ['with another body', () => ({ ...webhook({}), body: '{"target":"fly"}' })],
    ['with another name', () => withHeader(webhook({}), 'webhook-id', 'msg_other')],
    ['from five minutes ago', () => webhook({}, { at: late })],
    ['from five minutes ahead', () => webhook({}, { at: new Date(Date.now() + 302_000) })],
    ['with a time that is none', () => withHeader(webhook({}), 'webhook-timestamp', 'now')],
    ['with a dot in its name', () => webhook({}, { id: 'msg.1700000000' })],
    ['with an empty signature', () => withHeader(webhook({}), 'webhook-signature', '')],
    ['with a signature of another version', () => withHeader(webhook({}), 'webhook-signature', 'v1a,AAAA')],
    ['with another secret of GitHub', () => github('push', push('main'), { secret: 'x'.repeat(20) })],
    [
      'with the digest of GitHub that is out of date',
      async () => {
        const { body } = await github('push', push('main'));
        return { body, headers: { ...plain, 'X-Hub-Signature': `sha1=${'0'.repeat(40)}` } };
      },
    ],
    [
      'without an event of GitHub',
      async () => withHeader(await github('push', push('main')), 'X-GitHub-Event', ''),
    ],
    [
      'without a name of GitHub',
      async () => withHeader(await github('push', push('main')), 'X-GitHub-Delivery', ''),
    ],
    [
      'with the token of the store',
      () => ({ body: '{}', headers: { ...plain, Authorization: `Bearer ${TOKEN}` } }),
    ],
    [
      'with the key as a token',
      () => ({ body: '{}', headers: { ...plain, Authorization: `Bearer ${KEY}` } }),
    ],
  ])('%s is refused by hooks/update like all others', async (_, make) => {
    const before = runs();
    expect(await update(await make())).toEqual({
      status: 401,
      location: null,
      body: { error: 'unauthorized' },
    });
    expect(runs()).toBe(before);
  });

  it.each([
    ['without a token', {}],
    ['with another token', { Authorization: 'Bearer another-token-of-the-store' }],
    ['with a part of it', { Authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['with another password', { Authorization: basic('wrong') }],
    ['with an empty one', { Authorization: 'Bearer ' }],
  ])('%s is refused by hooks/store in the same words', async (_, headers) => {
    const answer = await send('/hooks/store', {
      body: JSON.stringify(tigris('e')),
      headers: { ...plain, ...headers },
    });
    expect(answer).toEqual({ status: 401, location: null, body: { error: 'unauthorized' } });
  });

  it('is told the same where there is no key at all', async () => {
    const bare = await startWeb();
    for (const signed of [webhook({}), await github('push', push('main'))])
      expect(await send('/hooks/update', signed, bare)).toMatchObject({
        status: 401,
        body: { error: 'unauthorized' },
      });
  });

  it('is logged with why, and never with a key, a token or a signature', async () => {
    await update(webhook({}, { key: stranger }));
    const log = server.log.join('\n');
    expect(log).toMatch(/hooks\/update from 127\.0\.0\.1 was refused: its webhook-signature/);
    for (const secret of [KEY, OLD_KEY, SECRET, TOKEN, stranger, 'v1,']) expect(log).not.toContain(secret);
  });
});

it('too many requests are refused for a moment, before they are verified and after it', async () => {
  const quick = await startWeb({ env: HOOK_ENV });
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => send('/hooks/update', { body: '{}', headers: {} }, quick)),
  );
  expect(answers.map(({ status }) => status)).toContain(429);
  Object.assign(quick.context.hooks, { rates: { ...many(), verified: new TokenBuckets(() => 0, 1) } });
  const status = async (path: string) => (await send(path, webhook({}), quick)).status;
  expect([await status('/hooks/update'), await status('/hooks/store')]).toEqual([202, 429]);
});

it('a body of more than a MiB is refused', async () => {
  expect((await update(webhook('x'.repeat(1024 * 1024 + 1)))).status).toBe(413);
});
