import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { StandIn } from '../../../dev/web/stand-in.ts';
import type { DeployAnswer } from '../../../src/web/deploys/deploy-frames.ts';
import { deployNewsOf } from '../../../src/web/deploys/deploy-news.ts';
import { ticketFor } from '../../../src/web/run/live-ticket.ts';
import { KEY } from '../../callbacks/vectors.ts';
import { atEnd } from '../../support/at-end.ts';
import { inIndex } from '../support/reset-mail.ts';
import { ACCOUNTS, basic, type Role } from '../support/web-people.ts';
import { startWeb, type TestServer } from '../support/web-server.ts';
import { CallbackSender, keptRun, lineOf } from './support/callback-sender.ts';
import { DeployClient } from './support/deploy-client.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startWeb();
  server.context.deploys.projects.addKey('default', KEY);
});

let count = 0;

/** A run that has begun. */
async function begun() {
  const sender = new CallbackSender(server, { deploy: `live-${++count}` });
  await sender.start();
  return { sender, id: keptRun(server, sender.deploy).id };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const watchers = () => server.context.watchers.count;

describe('a WebSocket of a run that was received', () => {
  it('tells how it stands, its lines as they come, and its end', async () => {
    const { sender, id } = await begun();
    const client = DeployClient.of(server, id);
    await client.until('state');
    await sender.say('one', 'two');
    await client.untilLines(2);
    await sender.say('three');
    await sender.complete();
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.numbers).toEqual([1, 2, 3]);
    const [first, ...rest] = client.frames;
    expect(first).toMatchObject({ type: 'state', run: { id, status: 'started' }, now: expect.any(Number) });
    expect(rest.at(-1)).toEqual({ type: 'end' });
    const states = client.frames.flatMap((frame) => (frame.type === 'state' ? [frame.run.status] : []));
    expect(states.at(-1)).toBe('completed');
  });

  it('tells what came after its cursor, gaps that are filled among it, and each line once', async () => {
    const { sender, id } = await begun();
    await sender.lines([lineOf(4), lineOf(5)]);
    const first = DeployClient.of(server, id);
    await first.untilLines(2);
    await first.close();
    await sender.lines([lineOf(1), lineOf(2)]);
    await sender.lines([lineOf(6)]);
    const second = DeployClient.of(server, id, first.cursor);
    await second.untilLines(3);
    await sender.lines([lineOf(3), lineOf(4)]);
    await sender.complete();
    expect(await second.ended).toEqual({ code: 1000 });
    expect([first.numbers, second.numbers]).toEqual([
      [4, 5],
      [1, 2, 6, 3],
    ]);
  });

  it('does not end while lines are missing, and ends once they are there or lost', async () => {
    const { sender, id } = await begun();
    await sender.lines([lineOf(3)]);
    await sender.complete();
    const client = DeployClient.of(server, id);
    await client.untilLines(1);
    await sender.lines([lineOf(1)]);
    await client.untilLines(2);
    expect(client.frames.map(({ type }) => type)).not.toContain('end');
    const beat = { logs: [], ...sender.envelope, first_seq: 4, last_seq: 3, lost: [[2, 2]] };
    await sender.post('logs', beat);
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.frames.at(-1)).toEqual({ type: 'end' });
  });

  it('tells all of a long run that is over, in frames that a socket can take', async () => {
    const { sender, id } = await begun();
    const wide = 'x'.repeat(60 * 1024);
    await sender.lines(upTo(12).map((seq) => lineOf(seq, wide)));
    await sender.lines(upTo(2012, 13).map((seq) => lineOf(seq)));
    await sender.complete();
    const client = DeployClient.of(server, id);
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.numbers).toEqual(upTo(2012));
    expect(client.cursor).toBe(keptRun(server, sender.deploy).cursor);
    const longest = Math.max(...client.frames.map((frame) => JSON.stringify(frame).length));
    expect(longest).toBeLessThan(70 * 1024);
  });

  it('hears only of what is kept', async () => {
    const { sender, id } = await begun();
    const seen: (number | undefined)[] = [];
    const { deploys } = server.context;
    const look = async () => ({
      ...deploys,
      news: (...asked: Parameters<typeof deploys.news>) => {
        const news = deploys.news(...asked);
        seen.push(...news.lines.map(({ seq }) => deploys.lines(id, seq - 1, 1)[0]?.seq));
        return news;
      },
    });
    const stop = new AbortController();
    const told: number[] = [];
    const watching = (async () => {
      for await (const frame of deployNewsOf(look, id, 0, { signal: stop.signal, now: Date.now }))
        if (frame.type === 'lines') told.push(...frame.lines.map(({ seq }) => seq));
    })();
    for (let seq = 1; seq <= 20; seq += 1) await sender.say(`line ${seq}`);
    await sender.complete();
    await watching;
    expect([told, seen]).toEqual([upTo(20), upTo(20)]);
  });

  it('says something when nothing comes, and how the run stands after a heartbeat', async () => {
    const { sender, id } = await begun();
    const stop = new AbortController();
    const { deploys } = server.context;
    const frames = deployNewsOf(async () => deploys, id, 0, {
      signal: stop.signal,
      now: Date.now,
      pingMs: 20,
    });
    const next = async () => (await frames.next()).value;
    expect(await next()).toMatchObject({ type: 'state' });
    expect(await next()).toEqual({ type: 'ping' });
    const before = keptRun(server, sender.deploy).lastHeardAt;
    await sender.post('logs', { logs: [], ...sender.envelope, first_seq: 1, last_seq: 0 });
    let frame = await next();
    while (frame?.type === 'ping') frame = await next();
    expect(frame).toMatchObject({ type: 'state', run: { id } });
    expect(keptRun(server, sender.deploy).lastHeardAt).toBeGreaterThanOrEqual(before);
    stop.abort();
  });

  it.each<[Role, object]>([
    ['nobody', { status: 401 }],
    ['user', { status: 403 }],
    ['owner', { status: 403 }],
  ])('is refused to %s', async (role, ended) => {
    const { id } = await begun();
    const headers = role === 'nobody' ? {} : { Authorization: basic(ACCOUNTS[role]) };
    expect(await new DeployClient(server.url, { run: id }, headers).ended).toEqual(ended);
  });

  it('is refused by the ticket of another run, and of somebody who is no administrator', async () => {
    const [{ id }, other] = [await begun(), await begun()];
    const { seals } = server.context;
    const tickets = [
      ticketFor(other.id, ACCOUNTS.administrator, seals),
      ticketFor(id, ACCOUNTS.owner, seals),
    ];
    const ended = tickets.map((ticket) => new DeployClient(server.url, { run: id, ticket }).ended);
    expect(await Promise.all(ended)).toEqual([{ status: 401 }, { status: 403 }]);
  });

  it('ends with the right to it', async () => {
    const { sender, id } = await begun();
    const client = DeployClient.of(server, id);
    await client.until('state');
    const { userid } = ACCOUNTS.administrator;
    inIndex(server, "UPDATE users SET userid = 'somebody' WHERE userid = ?", userid);
    await sender.say('secret');
    expect(await client.ended).toEqual({ code: 1012 });
    expect(client.numbers).toEqual([]);
    inIndex(server, "UPDATE users SET userid = ? WHERE userid = 'somebody'", userid);
  });

  it('without an upgrade is told how to poll', async () => {
    const { sender, id } = await begun();
    const answer = await server.ask(`/live?run=${id}&after=3`, 'administrator');
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(`deploys/${sender.deploy}/logs?run=${id}&amp;cursor=3&amp;wait=25`),
    ]);
  });
});

describe('a watcher that does not read', () => {
  it('is closed, while another one gets everything, and comes back with its cursor', async () => {
    const { sender, id } = await begun();
    const wide = 'x'.repeat(8000);
    for (let at = 0; at < 40; at += 1)
      await sender.lines(upTo(at * 100 + 100, at * 100 + 1).map((seq) => lineOf(seq, wide)));
    await sender.complete();
    expect(watchers()).toBe(0);
    const ticket = ticketFor(id, ACCOUNTS.administrator, server.context.seals);
    const slow = connect(server.port, '127.0.0.1');
    slow.on('error', () => {}).pause();
    slow.write(
      `GET ${server.context.base}/live?${new URLSearchParams({ run: id, ticket })} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    await expect.poll(watchers).toBe(1);
    const client = DeployClient.of(server, id);
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.numbers).toEqual(upTo(4000));
    await expect.poll(watchers).toBe(0);
    slow.destroy();
    // Ten lines and the end of the run.
    const back = DeployClient.of(server, id, client.cursor - 11);
    await back.ended;
    expect(back.numbers).toEqual(upTo(4000, 3991));
  });
});

describe('through a proxy that holds streams back and passes WebSockets', () => {
  it('a run is sent, watched and polled', async () => {
    const standIn = await StandIn.start({ root: server.context.base, pages: 'http://127.0.0.1:9' });
    atEnd(() => standIn.close());
    standIn.aim(server.url);
    const sender = new CallbackSender(standIn, { deploy: 'v1.2.3' });
    const started = await sender.start();
    const { url } = (await started.json()) as { url: string };
    const { id } = keptRun(server, sender.deploy);
    expect(url).toBe(`${standIn.url}/deploys/v1.2.3?run=${id}`);
    const client = DeployClient.of(server, id, 0, standIn.url);
    await client.until('state');
    const headers = { Authorization: basic(ACCOUNTS.administrator) };
    const cursor = keptRun(server, sender.deploy).cursor;
    const path = `${standIn.url}/deploys/${sender.deploy}/logs`;
    const polled = fetch(`${path}?cursor=${cursor}&wait=25`, { headers });
    await expect.poll(watchers).toBe(2);
    await sender.say('one', 'two');
    const answer = (await (await polled).json()) as DeployAnswer;
    expect(answer.lines.map(({ seq }) => seq)).toEqual([1, 2]);
    await client.untilLines(2);
    await sender.complete();
    await client.until('end');
    expect(client.numbers).toEqual([1, 2]);
    const text = await (await fetch(`${path}.txt`, { headers })).text();
    expect(text.split('\n')).toHaveLength(3);
    const probes = ['/api/deploys', '/api/projects/smooth/deploys'].map((each) =>
      fetch(`${standIn.url}${each}`),
    );
    for (const probe of await Promise.all(probes))
      expect(await probe.json()).toMatchObject({ nvoi_dashboard: 1 });
  });
});

describe('the end of the server', () => {
  it('tells watchers to come back, and lets polls end', async () => {
    const here = await startWeb();
    here.context.deploys.projects.addKey('default', KEY);
    const sender = new CallbackSender(here);
    await sender.say('one');
    const { id, cursor } = keptRun(here, sender.deploy);
    const client = DeployClient.of(here, id);
    await client.until('state');
    const asked = here.ask(`/deploys/${sender.deploy}/logs?cursor=${cursor}&wait=25`, 'administrator');
    await expect.poll(() => here.context.watchers.count).toBe(2);
    await here.end();
    expect(await client.ended).toEqual({ code: 1012 });
    expect(await (await asked).json()).toMatchObject({ lines: [], end: false });
  });
});
