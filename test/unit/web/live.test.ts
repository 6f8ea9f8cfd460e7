import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PollAnswer } from '../../../src/web/run/live-frames.ts';
import { ticketFor } from '../../../src/web/run/live-ticket.ts';
import { PlayedUpdate, report, told } from '../../support/runs/played-update.ts';
import { LiveClient } from '../../support/web/live-client.ts';
import { ACCOUNTS, basic, type Role } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

const homes = mkdtempSync(join(tmpdir(), 'live-'));
const all: PlayedUpdate[] = [];
afterAll(() => {
  for (const one of all) one.close();
  rmSync(homes, { recursive: true });
});

function newPlayed(): PlayedUpdate {
  const made = new PlayedUpdate(join(homes, `${all.length}`));
  all.push(made);
  return made;
}

const played = newPlayed();
let server: TestServer;
beforeAll(async () => {
  server = await startWeb({ command: played.command });
});

/** Has a run begin as somebody; gives its id. */
function begin(by = ACCOUNTS.user.userid, { context: { runs } } = server): string {
  return runs.change(runs.publish(by, 'administrator'))?.run ?? '';
}

/** A server with a run that waits in its middle, until it is let go. */
async function held() {
  const waiting = newPlayed();
  waiting.hold();
  const here = await startWeb({ command: waiting.command });
  const run = begin(undefined, here);
  await expect.poll(() => here.context.runs.run(run)?.state).toBe('running');
  return { here, run, letGo: () => waiting.letGo() };
}

const stateOf = (run: string) => server.context.runs.run(run)?.state;

/** A run that is over. */
async function finished(by?: string): Promise<string> {
  const run = begin(by);
  await expect.poll(() => stateOf(run)).toBe('done');
  return run;
}

const ticket = (run: string, userid = ACCOUNTS.user.userid, { context } = server) =>
  ticketFor(run, { userid }, context.seals);
const watch = (run: string, after = 0, of = server) =>
  new LiveClient(of.url, { run, after: `${after}`, ticket: ticket(run, undefined, of) });
const poll = async (answer: Promise<Response>) => (await (await answer).json()) as PollAnswer;

describe('a WebSocket', () => {
  it('tells how a run stands, each of its events, and its end', async () => {
    const { here, run, letGo } = await held();
    const client = watch(run, 0, here);
    await client.until('state');
    expect(client.numbers).toEqual([]);
    await letGo();
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.states[0]).toMatch(/waiting|running/);
    expect(client.states.at(-1)).toBe('done');
    expect(client.numbers).toEqual([1, 2]);
    expect(client.frames.at(-1)).toEqual({ type: 'end' });
  });

  it('tells all of a run that was over before it came', async () => {
    const run = await finished();
    const client = watch(run);
    expect(await client.ended).toEqual({ code: 1000 });
    expect([client.states, client.numbers]).toEqual([['done'], [1, 2]]);
  });

  it('tells what came after the number that it has', async () => {
    const run = await finished();
    const client = watch(run, 1);
    await client.ended;
    expect(client.numbers).toEqual([2]);
  });

  it.each<[Role, object]>([
    ['nobody', { status: 401 }],
    ['owner', { status: 403 }],
    ['user', { code: 1000 }],
    ['administrator', { code: 1000 }],
  ])('by the login of %s ends with %j, where a user has asked for the run', async (role, ended) => {
    const run = await finished();
    const headers = role === 'nobody' ? {} : { Authorization: basic(ACCOUNTS[role]) };
    expect(await new LiveClient(server.url, { run }, headers).ended).toEqual(ended);
  });

  it.each<[string, (run: string, other: string) => string]>([
    ['of another run', (_, other) => ticket(other)],
    ['of another purpose', (run) => server.context.seals.seal({ purpose: 'form', subjects: [run] }, 1000)],
    [
      'whose time is over',
      (run) => {
        const seal = server.context.seals.seal({ purpose: 'watch', subjects: [run, 'studio4'] }, -2000);
        return `${Buffer.from('studio4').toString('base64url')}~${seal}`;
      },
    ],
    [
      'with another name in it',
      (run) => ticket(run).replace(/^[^~]*/, Buffer.from('ada').toString('base64url')),
    ],
    ['that is nonsense', () => '~~~'],
  ])('with a ticket %s is refused', async (_, make) => {
    const [run, other] = [await finished(), await finished()];
    expect(await new LiveClient(server.url, { run, ticket: make(run, other) }).ended).toEqual({
      status: 401,
    });
  });

  it('with the ticket of somebody who may not watch any more is refused', async () => {
    const run = await finished();
    const { userid } = ACCOUNTS.owner;
    expect(await new LiveClient(server.url, { run, ticket: ticket(run, userid) }).ended).toEqual({
      status: 403,
    });
  });

  it('of a run that is not there is refused', async () => {
    const headers = { Authorization: basic(ACCOUNTS.administrator) };
    expect(await new LiveClient(server.url, { run: 'nothing' }, headers).ended).toEqual({ status: 404 });
  });

  it('that says too much is closed', async () => {
    const { here, run } = await held();
    const client = watch(run, 0, here);
    await client.until('state');
    client.socket.send('x'.repeat(100_000));
    expect(await client.ended).toEqual({ code: 1009 });
    await expect.poll(() => here.context.watchers.count).toBe(0);
  });

  it('without an upgrade is told to poll', async () => {
    const run = await finished();
    const answer = await server.ask(`/live?run=${run}`, 'user', { headers: { Accept: 'application/json' } });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(`runs/${run}/events`),
    ]);
  });
});

describe('a long poll', () => {
  it('has what a WebSocket tells, and a ticket for one', async () => {
    const run = await finished();
    const answer = await poll(server.ask(`/runs/${run}/events?after=1`, 'user'));
    expect(answer).toMatchObject({ run: { id: run, state: 'done' }, events: [{ seq: 2 }], end: true });
    expect(await new LiveClient(server.url, { run, ticket: answer.ticket }).ended).toEqual({ code: 1000 });
  });

  it('waits until something happens', async () => {
    const { here, run, letGo } = await held();
    const asked = poll(here.ask(`/runs/${run}/events?wait=25`, 'user'));
    await expect.poll(() => here.context.watchers.count).toBe(1);
    await letGo();
    expect((await asked).events).not.toEqual([]);
    await expect.poll(() => here.context.watchers.count).toBe(0);
  });

  it('ends without anything when its time is up', async () => {
    const { here, run } = await held();
    const answer = await poll(here.ask(`/runs/${run}/events?wait=1`, 'user'));
    expect(answer).toMatchObject({ run: { state: 'running' }, events: [], end: false });
  });

  it.each(['after=-1', 'after=x', 'wait=26', 'wait=1e3', 'after=99999999999999999999'])(
    'refuses %s',
    async (query) => {
      const run = await finished();
      expect((await server.ask(`/runs/${run}/events?${query}`, 'user')).status).toBe(400);
    },
  );
});

describe('two hundred watchers', () => {
  it('are the most; another one is told to come again, and has the place of the first that leaves', async () => {
    const { here, run, letGo } = await held();
    const { watchers } = here.context;
    const clients = Array.from({ length: 200 }, () => watch(run, 0, here));
    await Promise.all(clients.map((client) => client.until('state')));
    expect(await watch(run, 0, here).ended).toEqual({ status: 503 });
    const refused = await here.ask(`/runs/${run}/events?wait=25`, 'user');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await clients[0]?.close();
    await expect.poll(() => watchers.count).toBe(199);
    const late = watch(run, 0, here);
    await late.until('state');
    await letGo();
    for (const client of [...clients.slice(1), late]) {
      expect(await client.ended).toEqual({ code: 1000 });
      expect(client.numbers).toEqual([1, 2]);
    }
    await expect.poll(() => watchers.count).toBe(0);
  });
});

describe('a watcher that does not read', () => {
  it('is closed, while another one gets all of a large run', async () => {
    const lines = Array.from({ length: 4000 }, (_, at) => `${at} ${'x'.repeat(4000)}`);
    played.play({
      lines: told(
        report(),
        lines.map((message) => ({ type: 'note', message })),
      ),
    });
    const run = await finished();
    const slow = connect(server.port, '127.0.0.1');
    const query = new URLSearchParams({ run, ticket: ticket(run) });
    slow.on('error', () => {}).pause();
    slow.write(
      `GET ${server.context.base}/live?${query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    await expect.poll(() => server.context.watchers.count).toBe(1);
    const client = watch(run);
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.numbers).toEqual(Array.from({ length: 4002 }, (_, at) => at + 1));
    await expect.poll(() => server.context.watchers.count).toBe(0);
    slow.destroy();
    played.play({});
  });
});

describe('the end of the server', () => {
  it('tells watchers to come back, and lets polls end', async () => {
    const { here, run } = await held();
    const client = watch(run, 0, here);
    await client.until('state');
    const asked = poll(here.ask(`/runs/${run}/events?wait=25`, 'user'));
    await expect.poll(() => here.context.watchers.count).toBe(2);
    await here.end();
    expect(await client.ended).toEqual({ code: 1012 });
    expect(await asked).toMatchObject({ end: false });
  });
});
