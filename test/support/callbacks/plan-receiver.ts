import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { derivedKey, isPlanSigned } from '../../../src/callbacks/callback-signatures.ts';
import { atEnd } from '../suite/at-end.ts';
import { DEPLOY_KEY } from './receiver.ts';

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
export async function planReceiver() {
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
