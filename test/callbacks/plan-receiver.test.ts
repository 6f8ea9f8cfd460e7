import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { derivedKey, isPlanSigned } from '../../src/callbacks/callback-signatures.ts';
import { atEnd } from '../support/at-end.ts';
import { deliver, open, toldRun } from './support/deliveries.ts';
import { DEPLOY_KEY } from './support/receiver.ts';
import { COMPLETED, line, STARTED } from './support/told.ts';

/** A deploy as a receiver of the plan keeps it. */
interface PlanDeploy {
  status: string | null;
  git_sha?: unknown;
  git_ref?: unknown;
  tunnels?: unknown;
  duration_seconds?: unknown;
  error?: unknown;
  readonly logs: { level: string; message: string; logged_at: string }[];
}

/**
 * A receiver that is written to the plan: it knows the fields of the plan and passes over all others, makes what it does not
 * know yet, and answers an empty 200.
 */
async function planReceiver() {
  const deploys = new Map<string, PlanDeploy>();
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const answer = (code: number): void => {
      answers.push(code);
      response.writeHead(code).end();
    };
    const header = request.headers['x-nvoi-signature'];
    if (typeof header !== 'string' || !isPlanSigned(header, DEPLOY_KEY, body)) return answer(401);
    const [, id = '', what = ''] = /^\/hooks\/([^/]+)\/(logs|status)$/.exec(request.url ?? '') ?? [];
    if (what === '') return answer(404);
    const deploy = deploys.get(id) ?? { status: null, logs: [] };
    deploys.set(id, deploy);
    const params = JSON.parse(body.toString());
    if (what === 'logs') {
      for (const { level, message, logged_at } of params.logs)
        deploy.logs.push({ level, message, logged_at });
    } else {
      const { status, git_sha, git_ref, tunnels, duration_seconds, error } = params;
      if (status === 'started') Object.assign(deploy, { status: 'running', git_sha, git_ref });
      if (status === 'completed') Object.assign(deploy, { status, tunnels, duration_seconds });
      if (status === 'failed') Object.assign(deploy, { status, error });
    }
    answer(200);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => server.close());
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/hooks`);
  const shown = (id: string) => {
    const { logs = [], ...deploy } = deploys.get(id) ?? {};
    // As the page of the plan has them: `order(:logged_at)`.
    const ordered = [...logs].sort((one, other) => one.logged_at.localeCompare(other.logged_at));
    return { deploy, logs: ordered.map(({ level, message }) => `${level}: ${message}`) };
  };
  return { dashboard: { url, deployKey: DEPLOY_KEY, webhookKeys: [derivedKey(DEPLOY_KEY)] }, shown, answers };
}

const at = (second: number): string => `2026-01-02T03:04:0${second}.000Z`;

it('a receiver of the plan shows a deploy that went well as the plan wants it', async () => {
  const { dashboard, shown, answers } = await planReceiver();
  const opened = open(dashboard, { limits: { beatMs: 5 } });
  const { delivery } = opened;
  delivery.start(STARTED);
  await expect.poll(() => answers.length).toBeGreaterThan(2); // heartbeats
  delivery.line(line('Syncing index database', { level: 'step', logged_at: at(1) }));
  delivery.line(line('Published', { level: 'ok', logged_at: at(2), machine: 'web-1', step: 'publish' }));
  delivery.line(line('All machines are updated', { level: 'success', logged_at: at(3) }));
  delivery.end(COMPLETED);
  expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true, note: null });
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(shown('12345')).toEqual({
    deploy: {
      status: 'completed',
      git_sha: 'abc1234',
      git_ref: 'main',
      tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }],
      duration_seconds: 2,
    },
    logs: ['step: Syncing index database', 'ok: Published', 'success: All machines are updated'],
  });
});

it('a receiver of the plan shows a deploy that failed, and one that was undone, as the plan wants it', async () => {
  const { dashboard, shown } = await planReceiver();
  const told = toldRun({ deployId: 'deploy-2', operation: 'delete' });
  const { delivery } = open(dashboard, { told });
  delivery.start(STARTED);
  delivery.line(line('SSH connection failed', { level: 'error' }));
  delivery.end({
    status: 'failed',
    error: 'SSH connection failed',
    at: at(4),
    outcome: 'failed',
    exit_code: 1,
  });
  delivery.end(COMPLETED); // what comes after the first counts for nothing
  await delivery.close(false);
  const { deploy, logs } = shown('deploy-2');
  expect(deploy).toMatchObject({ status: 'failed', error: 'SSH connection failed' });
  expect(logs).toEqual(['error: SSH connection failed']);
  await deliver(open(dashboard, { told: toldRun({ deployId: 'deploy-3', operation: 'delete' }) }), ['one']);
  expect(shown('deploy-3').deploy).toMatchObject({ status: 'completed' });
});
