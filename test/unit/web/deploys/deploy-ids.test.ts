import { beforeAll, describe, expect, it } from 'vitest';
import { StandIn } from '../../../../dev/web/stand-in.ts';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { exchange, rawPost } from '../../../support/servers/raw-http.ts';
import { atEnd } from '../../../support/suite/at-end.ts';
import { CallbackSender, keptRun } from '../../../support/web/deploys/callback-sender.ts';
import { ACCOUNTS, basic } from '../../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let server: TestServer;
let standIn: StandIn;

beforeAll(async () => {
  server = await startWeb();
  server.context.deploys.projects.addKey('default', KEY);
  standIn = await StandIn.start({ root: server.context.base, pages: 'http://127.0.0.1:9' });
  atEnd(() => standIn.close());
  standIn.aim(server.url);
});

/** Of a path that the proxy does not hand to this server. */
const OF_OTHERS = 502;
const login = { Authorization: basic(ACCOUNTS.administrator) };

describe('through a proxy, a deploy', () => {
  it.each([
    'release.json',
    'release',
    'a.json.json',
    'x.txt',
    'v1.2.3~rc-1_a',
    '1..2',
    'logs',
    'status',
    'constructor',
    'a'.repeat(128),
  ])('called %s is received, and seen at the address that its sender is told', async (deploy) => {
    const sender = new CallbackSender(standIn, { deploy });
    const { url } = (await (await sender.start()).json()) as { url: string };
    await sender.say('one');
    const { id } = keptRun(server, deploy);
    const page = await fetch(url, { headers: { ...login, Accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await page.text();
    expect(html).toContain(`data-deploy="${id}"`);
    const list = await (await fetch(`${standIn.url}/deploys/?text=${deploy}`, { headers: login })).text();
    const link = [...list.matchAll(/href="([^"]*\/deploys\/[^"]*run=[^"]*)"/g)].find(([, to]) =>
      to?.includes(id),
    );
    const links = [
      link?.[1],
      /data-logs="([^"]*)"/.exec(html)?.[1],
      /href="([^"]*logs\.txt[^"]*)"/.exec(html)?.[1],
    ];
    for (const [at, to] of links.entries()) {
      const base = at === 0 ? `${standIn.url}/deploys/` : url;
      const answer = await fetch(new URL(to?.replaceAll('&amp;', '&') ?? '', base), { headers: login });
      expect([to, answer.status]).toEqual([to, 200]);
      expect(await answer.text()).toContain(at === 0 ? `data-deploy="${id}"` : 'one');
    }
    const json = await fetch(url, { headers: { ...login, Accept: 'application/json' } });
    expect(await json.json()).toMatchObject({ run: { id, deploy } });
  });

  it.each([
    '.',
    '..',
    '~',
    '-a',
    '.json',
    '%2e%2e',
    '%2E',
    'a%2Fb',
    '..%2F..%2Fadmin',
    'a%00b',
    'a%0d%0ab',
    '%',
    '%zz',
    '%ff',
    'a%252Fb',
    'a b',
    'é',
    'a'.repeat(129),
    'a'.repeat(8000),
  ])('cannot be called %s', async (deploy) => {
    const before = server.log.length;
    for (const { port, base } of [
      { port: server.port, base: server.context.base },
      { port: Number(new URL(standIn.url).port), base: new URL(standIn.url).pathname },
    ]) {
      const sender = new CallbackSender(server, { deploy });
      const body = Buffer.from(JSON.stringify({ logs: [], ...sender.envelope, first_seq: 1, last_seq: 0 }));
      const { 'X-Nvoi-Deploy-Id': _, ...headers } = sender.headersOf(body);
      const length = { 'Content-Length': `${body.length}` };
      const path = `${base}/api/deploys/${deploy}/logs`.replaceAll(' ', '%20');
      const sent = rawPost(Buffer.from(path).toString('latin1'), { ...length, ...headers }, String(body));
      expect([400, 401, 404, 405, 414, 431, OF_OTHERS]).toContain((await exchange(port, sent)).status);
      const seen = rawPost(`${base}/deploys/${encodeURI(deploy)}`, login, '', 'GET');
      expect([200, 400, 404, 414, 431, OF_OTHERS]).toContain((await exchange(port, seen)).status);
    }
    expect(server.context.deploys.list({}).rows.map((run) => run.deploy)).not.toContain(deploy);
    expect(server.log.slice(before).join('\n')).not.toMatch(/ {4}at |[^\P{Cc}\n]/u);
  });
});
