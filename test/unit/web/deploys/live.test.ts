import { beforeAll, describe, expect, it } from 'vitest';
import { deployNewsOf } from '../../../../src/web/deploys/deploy-news.ts';
import { ticketFor } from '../../../../src/web/run/live-ticket.ts';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { CallbackSender, keptRun, lineOf, numbersTo } from '../../../support/web/deploys/callback-sender.ts';
import { DeployClient } from '../../../support/web/deploys/deploy-client.ts';
import { inIndex } from '../../../support/web/reset-mail.ts';
import { ACCOUNTS, basic, type Role } from '../../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

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
    await sender.lines(numbersTo(12).map((seq) => lineOf(seq, wide)));
    await sender.lines(numbersTo(2012, 13).map((seq) => lineOf(seq)));
    await sender.complete();
    const client = DeployClient.of(server, id);
    expect(await client.ended).toEqual({ code: 1000 });
    expect(client.numbers).toEqual(numbersTo(2012));
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
    expect([told, seen]).toEqual([numbersTo(20), numbersTo(20)]);
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

  it.each<[string, boolean, number]>([
    ['that has ended, and of which lines are missing, after a quarter of an hour', true, 15 * 60_000],
    ['that has not said how it ended, after a day', false, 86_400_000],
  ])('ends for a run %s without a word', async (_, hasEnded, ms) => {
    const { sender, id } = await begun();
    await sender.lines([lineOf(1), lineOf(3)]);
    if (hasEnded) await sender.complete();
    let now = keptRun(server, sender.deploy).lastHeardAt + ms - 1;
    const { deploys } = server.context;
    const options = { signal: new AbortController().signal, now: () => now, pingMs: 20 };
    const frames = deployNewsOf(async () => deploys, id, 0, options);
    const types: string[] = [];
    for await (const { type } of frames) {
      types.push(type);
      if (type === 'ping') now += 1;
    }
    expect(types).toEqual(['state', 'lines', 'ping', 'end']);
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
