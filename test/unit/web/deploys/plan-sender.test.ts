import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { derivedKey, planSignature, writtenKey } from '../../../../src/callbacks/callback-signatures.ts';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { keptRun } from '../../../support/web/deploys/callback-sender.ts';
import { CALLBACK_LOGGER } from '../../../support/web/deploys/plan-sender.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startWeb();
  server.context.deploys.projects.addKey('default', KEY);
});

/** Runs a Ruby script with the plan's logger, as `logger` and `status`; gives the statuses of its answers, in order. */
async function ruby(script: string, { id = '7', key = KEY, project = '' } = {}): Promise<number[]> {
  const url = `${server.url}/api/${project === '' ? '' : `projects/${project}/`}deploys`;
  const { stdout } = await promisify(execFile)('ruby', ['-e', `${CALLBACK_LOGGER}\n${script}`], {
    env: { PATH: process.env['PATH'], CALLBACK_URL: url, DEPLOY_ID: id, KEY: key },
  });
  return stdout.split('\n').filter(Boolean).map(Number);
}

const messagesOf = (deploy: string) =>
  server.context.deploys
    .lines(keptRun(server, deploy).id, 0, 100)
    .map(({ level, message }) => [level, message]);

describe('a sender as the plan has it', () => {
  it('is taken, with its lines in the order in which they came, and what it says of itself', async () => {
    const statuses = await ruby(
      `logger.status(:started, git_sha: "abc123", git_ref: "main", ci_provider: "github_actions", ci_run_url: nil)
      logger.step("Deploying")
      logger.info("\\e[32mgreen\\e[0m")
      logger.info("10 %\\r100 %\\r\\n")
      logger.flush
      logger.ok("Server ready")
      logger.close(tunnels: [{ service_name: "web", hostname: "app.example.com", tunnel_token: "secret" }], duration_seconds: 120)`,
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(messagesOf('7')).toEqual([
      ['step', 'Deploying'],
      ['info', 'green'],
      ['info', '100 %\n'],
      ['ok', 'Server ready'],
    ]);
    const run = keptRun(server, '7');
    expect(run).toMatchObject({
      run: 'legacy-1',
      status: 'completed',
      gitSha: 'abc123',
      gitRef: 'main',
      ciProvider: 'github_actions',
      ciRunUrl: null,
      tunnels: [{ service_name: 'web', hostname: 'app.example.com' }],
      durationMs: 120_000,
      lastSeq: 4,
    });
    expect(JSON.stringify(run)).not.toContain('secret');
  });

  it('that says failed and then completed, as its delete does, has failed', async () => {
    await ruby(
      'logger.status(:started)\nlogger.error("no")\nlogger.fail!("SSH connection failed")\nlogger.close',
      {
        id: 'delete',
      },
    );
    expect(keptRun(server, 'delete')).toMatchObject({ status: 'failed', error: 'SSH connection failed' });
    expect(messagesOf('delete')).toEqual([['error', 'no']]);
  });

  it('that begins again after its end has a second run', async () => {
    await ruby('2.times { logger.status(:started); logger.info("x"); logger.close; logger.reopen }', {
      id: 'twice',
    });
    const runs = server.context.deploys.runsOf('default', 'twice');
    expect(runs.map(({ run, status, lastSeq }) => [run, status, lastSeq])).toEqual([
      ['legacy-1', 'completed', 1],
      ['legacy-2', 'completed', 1],
    ]);
  });

  it('that sends the same bytes twice has said them once', async () => {
    const body = JSON.stringify({
      logs: [{ level: 'info', message: 'x', logged_at: '2026-01-02T03:04:05.680Z' }],
    });
    const headers = {
      'Content-Type': 'application/json',
      'X-Nvoi-Signature': planSignature(KEY, Buffer.from(body)),
    };
    const send = async () => {
      const init = { method: 'POST', body, headers };
      return (await server.ask('/api/deploys/again/logs', 'nobody', init)).json();
    };
    expect(await send()).toMatchObject({ accepted: 1, duplicates: 0, last_seq: 1 });
    expect(await send()).toMatchObject({ accepted: 0, duplicates: 1, last_seq: 1 });
  });
});

describe('a project', () => {
  const one = 'logger.info("x")\nlogger.close';

  it('with a derived key alone takes no sender of the plan', async () => {
    const { projects } = server.context.deploys;
    projects.addKey('derived', writtenKey(derivedKey(KEY)));
    expect(new Set(await ruby(one, { project: 'derived' }))).toEqual(new Set([401]));
    expect(server.context.deploys.runsOf('derived', '7')).toEqual([]);
  });

  it('that does not accept the plan takes none either, until it does', async () => {
    const { projects } = server.context.deploys;
    projects.addKey('strict', KEY);
    projects.setAcceptsPlan('strict', false);
    expect(new Set(await ruby(one, { project: 'strict' }))).toEqual(new Set([401]));
    projects.setAcceptsPlan('strict', true);
    expect(new Set(await ruby(one, { project: 'strict' }))).toEqual(new Set([200]));
  });

  it('takes its own keys and no other, and may be named by a token', async () => {
    const { projects } = server.context.deploys;
    const [key, next] = ['a'.repeat(64), 'B'.repeat(64)];
    const first = projects.addKey('rotated', key);
    const token = projects.newToken('rotated');
    const statuses = async (options: { key: string; project?: string }) => [
      ...new Set(await ruby(one, { project: 'rotated', ...options })),
    ];
    expect(await statuses({ key })).toEqual([200]);
    expect(await statuses({ key: KEY })).toEqual([401]);
    expect(await statuses({ key, project: token })).toEqual([200]);
    expect(await statuses({ key, project: 'default' })).toEqual([401]);
    projects.addKey('rotated', next);
    expect([await statuses({ key }), await statuses({ key: next })]).toEqual([[200], [200]]);
    expect(await statuses({ key: next.toLowerCase() })).toEqual([401]);
    projects.retireKey('rotated', first.id);
    expect([await statuses({ key }), await statuses({ key: next })]).toEqual([[401], [200]]);
  });
});
