import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { CallbackSender, keptRun, lineOf } from '../../../support/web/deploys/callback-sender.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let server: TestServer;
const OTHER = 'fedcba9876543210'.repeat(4);

beforeAll(async () => {
  server = await startWeb();
  const { projects } = server.context.deploys;
  projects.addKey('default', KEY);
  projects.addKey('other', OTHER);
});

const bodyOf = (sender: CallbackSender) =>
  Buffer.from(JSON.stringify({ logs: [lineOf(1)], ...sender.envelope, first_seq: 1, last_seq: 1 }));

describe('a request that was captured', () => {
  it('is taken again for nothing but what it was', async () => {
    const sender = new CallbackSender(server, { deploy: 'a1' });
    const body = bodyOf(sender);
    const headers = sender.headersOf(body);
    expect((await sender.send('logs', body, headers)).status).toBe(200);
    expect(await (await sender.send('logs', body, headers)).json()).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
    const elsewhere = async (path: string, more: Record<string, string> = {}) => {
      const answer = await fetch(`${server.url}${path}`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: { ...headers, ...more },
      });
      return [answer.status, await answer.text()];
    };
    const refused = [401, '{"error":"unauthorized"}\n'];
    expect(await elsewhere('/api/deploys/a2/logs')).toEqual(refused);
    expect(await elsewhere('/api/deploys/a2/logs', { 'X-Nvoi-Deploy-Id': 'a2' })).toEqual(refused);
    expect(await elsewhere('/api/projects/other/deploys/a1/logs')).toEqual(refused);
    expect(await elsewhere('/api/projects/nothing/deploys/a1/logs')).toEqual(refused);
    expect(await elsewhere('/api/projects/prj_x/deploys/a1/logs')).toEqual(refused);
    expect(await elsewhere('/api/projects/__proto__/deploys/a1/logs')).toEqual(refused);
    expect(await elsewhere('/api/deploys/a1/logs', { 'webhook-id': 'x' })).toEqual(refused);
    expect(await elsewhere('/api/deploys/a1/logs', { 'X-Nvoi-Run': 'x' })).toEqual(refused);
    // It is signed for logs, and is no status.
    expect((await elsewhere('/api/deploys/a1/status'))[0]).toBe(422);
    const { 'webhook-id': _, 'webhook-timestamp': __, 'webhook-signature': ___, ...plain } = headers;
    const stripped = await sender.send('logs', body, plain);
    expect(stripped.status).toBe(401);
  });

  it.each<[string, string]>([
    ['two runs', '"run":"x","run":"RUN"'],
    ['a run of its prototype', '"__proto__":{"run":"RUN","deploy_id":"a3"}'],
  ])('cannot say one thing to whoever verifies and another to whoever reads, by %s', async (_, part) => {
    const sender = new CallbackSender(server, { deploy: 'a3' });
    const text = `{"logs":[],${part.replaceAll('RUN', sender.run)},"deploy_id":"a3","operation":"deploy","first_seq":1,"last_seq":0}`;
    const body = Buffer.from(text);
    const { status } = await sender.send('logs', body, sender.headersOf(body));
    expect([200, 401]).toContain(status);
    if (status === 200) expect(keptRun(server, 'a3').run).toBe(sender.run);
  });
});

it('a key that is retired counts no more from the next request on', async () => {
  const { projects } = server.context.deploys;
  const key = 'ab'.repeat(32);
  const { id } = projects.addKey('rotated', key);
  const sender = new CallbackSender(server, { project: 'rotated', key });
  expect((await sender.say('one')).status).toBe(200);
  projects.retireKey('rotated', id);
  expect((await sender.say('two')).status).toBe(401);
});

it('keys are added by another process while requests are taken', async () => {
  const sender = new CallbackSender(server, { deploy: 'busy' });
  const script = `
    import { openProjects } from '${resolve('src/runs/deploys/open-projects.ts')}';
    const { projects, close } = openProjects(process.argv[1]);
    for (let at = 0; at < 40; at += 1) {
      const { id } = projects.addKey('default', at.toString(16).padStart(64, '0'));
      projects.retireKey('default', id);
    }
    close();`;
  const stateDir = `${server.home}/db/.showcase-web`;
  const other = new Promise<void>((done, reject) =>
    execFile(process.execPath, ['--input-type=module', '-e', script, stateDir], (error) =>
      error ? reject(error) : done(),
    ),
  );
  let isOver = false;
  void other.finally(() => {
    isOver = true;
  });
  const statuses = new Set<number>();
  let sent = 0;
  while (!isOver && sent < 5000) {
    statuses.add((await sender.say(`line ${++sent}`)).status);
  }
  await other;
  expect([...statuses]).toEqual([200]);
  expect(keptRun(server, 'busy').lastSeq).toBe(sent);
});
