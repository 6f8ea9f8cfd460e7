import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { StandIn } from '../../../../dev/web/stand-in.ts';
import type { DeployAnswer } from '../../../../src/web/deploys/deploy-frames.ts';
import { ticketFor } from '../../../../src/web/run/live-ticket.ts';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { atEnd } from '../../../support/suite/at-end.ts';
import { CallbackSender, keptRun, lineOf, numbersTo } from '../../../support/web/deploys/callback-sender.ts';
import { DeployClient } from '../../../support/web/deploys/deploy-client.ts';
import { ACCOUNTS, basic } from '../../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startWeb();
  server.context.deploys.projects.addKey('default', KEY);
});

const watchers = () => server.context.watchers.count;

describe('a watcher that does not read', () => {
  it('is closed, while another one gets everything, and comes back with its cursor', async () => {
    const sender = new CallbackSender(server, { deploy: 'slow' });
    await sender.start();
    const { id } = keptRun(server, sender.deploy);
    const wide = 'x'.repeat(8000);
    for (let at = 0; at < 40; at += 1)
      await sender.lines(numbersTo(at * 100 + 100, at * 100 + 1).map((seq) => lineOf(seq, wide)));
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
    expect(client.numbers).toEqual(numbersTo(4000));
    await expect.poll(watchers).toBe(0);
    slow.destroy();
    // Ten lines and the end of the run.
    const back = DeployClient.of(server, id, client.cursor - 11);
    await back.ended;
    expect(back.numbers).toEqual(numbersTo(4000, 3991));
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
