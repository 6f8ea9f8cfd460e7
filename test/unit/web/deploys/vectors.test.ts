import { Webhook } from 'standardwebhooks';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { derivedKey, planSignature, writtenKey } from '../../../../src/callbacks/callback-signatures.ts';
import { DEPLOY, headersOf, KEY, RUN, VECTORS, type Vector } from '../../../support/callbacks/vectors.ts';
import { keptRun } from '../../../support/web/deploys/callback-sender.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

const [started, logs, completed] = VECTORS;
const AT = Number(completed.timestamp) * 1000;

let server: TestServer;
let now = AT;

beforeAll(async () => {
  server = await startWeb({ context: { now: () => now } });
  server.context.deploys.projects.addKey('default', KEY);
});
beforeEach(() => {
  now = AT;
});

function send(vector: Vector, headers: Record<string, string> = headersOf(vector), deploy = DEPLOY) {
  const path = `/api/deploys/${deploy}/${vector.path}`;
  return server.ask(path, 'nobody', { method: 'POST', body: vector.body, headers });
}

const without = (vector: Vector, ...names: string[]) =>
  Object.fromEntries(Object.entries(headersOf(vector)).filter(([name]) => !names.includes(name)));

describe('the requests of the contract', () => {
  it('are taken one after another, and say where people see the run', async () => {
    const answers = [];
    for (const vector of VECTORS) {
      const answer = await send(vector);
      expect(answer.headers.get('content-type')).toBe('application/json');
      answers.push([answer.status, await answer.json()]);
    }
    const { id } = keptRun(server, DEPLOY);
    const url = `${server.url}/deploys/${DEPLOY}?run=${id}`;
    expect(answers).toEqual([
      [200, { accepted: 1, duplicates: 0, last_seq: 0, url }],
      [200, { accepted: 2, duplicates: 0, last_seq: 2, url }],
      [200, { accepted: 1, duplicates: 0, last_seq: 2, url }],
    ]);
    expect(keptRun(server, DEPLOY)).toMatchObject({
      project: 'default',
      deploy: DEPLOY,
      run: RUN,
      operation: 'deploy',
      status: 'completed',
      outcome: 'done',
      gitSha: 'abc123',
      gitRef: 'main',
      ciProvider: 'github_actions',
      tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }],
      exitCode: 0,
      lastSeq: 2,
    });
    expect(server.context.deploys.lines(id, 0, 10).map(({ message }) => message)).toEqual([
      'Syncing index database',
      'Published',
    ]);
  });

  it('that come again within five minutes are duplicates, and later nobody', async () => {
    now = Number(logs.timestamp) * 1000 + 300_000;
    expect(await (await send(logs)).json()).toMatchObject({ accepted: 0, duplicates: 2, last_seq: 2 });
    now += 1000;
    expect([(await send(logs)).status, (await send(started)).status]).toEqual([401, 401]);
  });

  it('are nobody on another deploy, whichever their headers name', async () => {
    const other = { ...headersOf(logs), 'X-Nvoi-Deploy-Id': '12346' };
    expect((await send(logs, headersOf(logs), '12346')).status).toBe(401);
    expect((await send(logs, other, '12346')).status).toBe(401);
    expect((await send(logs, without(logs, 'X-Nvoi-Deploy-Id'), '12346')).status).toBe(401);
    expect((await send(logs, other)).status).toBe(401);
    expect(server.context.deploys.runsOf('default', '12346')).toEqual([]);
  });

  it('are nobody as another kind of request', async () => {
    expect((await send({ ...logs, path: 'status' } as never)).status).toBe(422);
  });

  it('are not taken by the signature of the plan alone, since they name a run', async () => {
    const webhook = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
    expect((await send(started, without(started, ...webhook))).status).toBe(401);
    for (const name of webhook) expect((await send(started, without(started, name))).status).toBe(401);
  });

  it('are taken by their signature of Standard Webhooks alone', async () => {
    const answer = await send(completed, without(completed, 'X-Nvoi-Signature', 'X-Nvoi-Run'));
    expect(await answer.json()).toMatchObject({ accepted: 0, duplicates: 1 });
  });
});

describe('whoever is refused', () => {
  it('gets one and the same answer, which has a date and says nothing', async () => {
    const other = 'f'.repeat(64);
    const plan = planSignature(other, Buffer.from(logs.body));
    const refusals = [
      await send(logs, { ...headersOf(logs), 'webhook-signature': 'v1,' }),
      await send(logs, { ...headersOf(logs), 'webhook-timestamp': '1' }),
      await send(logs, { ...without(logs, 'webhook-id', 'webhook-timestamp', 'webhook-signature') }),
      await send(logs, { 'Content-Type': 'application/json', 'X-Nvoi-Signature': plan }),
      await send(logs, { 'Content-Type': 'application/json' }),
      await send(logs, headersOf(logs), '12346'),
      await server.ask(`/api/projects/nobody/deploys/${DEPLOY}/logs`, 'nobody', {
        method: 'POST',
        body: logs.body,
        headers: headersOf(logs),
      }),
    ];
    const seen = [];
    for (const refusal of refusals) {
      const { date, ...headers } = Object.fromEntries(refusal.headers);
      expect(Math.abs(Date.parse(date ?? '') - Date.now())).toBeLessThan(60_000);
      seen.push(JSON.stringify([refusal.status, headers, await refusal.text()]));
    }
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain('{\\"error\\":\\"unauthorized\\"}');
    expect(refusals[0]?.status).toBe(401);
  });

  it('is told apart in the log, where no key and no token stands', async () => {
    const token = server.context.deploys.projects.newToken('default');
    const before = server.log.length;
    const init = { method: 'POST', body: logs.body };
    const headers = { ...headersOf(logs), 'webhook-timestamp': '1' };
    for (const project of [token, 'prj_unknown-token'])
      await server.ask(`/api/projects/${project}/deploys/${DEPLOY}/logs`, 'nobody', { ...init, headers });
    const said = server.log.slice(before).join('\n');
    expect(said).toContain('deploy "12345", project default, from 127.0.0.1 was refused: its time and ours');
    expect(said).toContain('an unknown project');
    for (const secret of [KEY, token, 'unknown-token']) expect(said).not.toContain(secret);
  });
});

describe('a request that npm standardwebhooks has signed', () => {
  const body = JSON.stringify({ ...JSON.parse(started.body), run: 'by-standardwebhooks' });

  it.each([
    ['the derived key of a project', writtenKey(derivedKey(KEY))],
    ['another key of it', `whsec_${Buffer.alloc(24, 7).toString('base64')}`],
  ])('by %s is taken', async (_, secret) => {
    server.context.deploys.projects.addKey('named', writtenKey(derivedKey(KEY)));
    server.context.deploys.projects.addKey('named', `whsec_${Buffer.alloc(24, 7).toString('base64')}`);
    const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'webhook-id': id,
      'webhook-timestamp': `${AT / 1000}`,
      'webhook-signature': new Webhook(secret).sign(id, new Date(AT), body),
    };
    const path = `/api/projects/named/deploys/${DEPLOY}/status`;
    const answer = await server.ask(path, 'nobody', { method: 'POST', body, headers });
    expect([answer.status, keptRun(server, DEPLOY, 'named').run]).toEqual([200, 'by-standardwebhooks']);
  });
});
