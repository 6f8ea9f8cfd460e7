/** What the section `dashboard` of the bench measures with: runs that are told, senders, watchers, requests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { derivedKey, planSignature } from '../../src/callbacks/callback-signatures.ts';
import { encryptConfig } from '../../src/callbacks/deploy-cipher.ts';
import { newRunId } from '../../src/run-id.ts';
import type { ReceivedRun } from '../../src/runs/deploys/deploy-model.ts';
import { sign } from '../../src/signature.ts';
import type { DeployAnswer } from '../../src/web/deploys/deploy-frames.ts';
import type { WebRig } from '../web/rig.ts';
import type { SenderFigures, SenderOrder } from './dashboard-sender.ts';
import type { WatchersFigures, WatchersOrder } from './dashboard-watchers.ts';
import { runTimed } from './process.ts';

const CONFIG_UPDATE = resolve(import.meta.dirname, '../../scripts/config-update');
/** Milliseconds until a list is asked for again. */
const AGAIN_MS = 20;

/**
 * Milliseconds of one whole run of config-update.
 *
 * @param url of its dashboard; null for none
 */
export async function timeTold(rig: WebRig, key: string, url: string | null): Promise<number> {
  const dir = mkdtempSync(join(rig.home, 'told-'));
  const file = join(dir, 'deploy.enc');
  writeFileSync(file, encryptConfig(`callback_url: ${url}\n`, key));
  const told = url === null ? ['--no-dashboard'] : ['--deploy-config', file, '--outbox', join(dir, 'outbox')];
  const { ms, code } = await runTimed(CONFIG_UPDATE, told, { ...rig.env, DEPLOY_KEY: key });
  if (code !== 0) throw new Error(`config-update ended with ${code}`);
  return ms;
}

/** Has a sender tell of a run; `watch` is called before it says a line. */
export async function runSender(
  rig: WebRig,
  {
    watch,
    ...order
  }: Omit<SenderOrder, 'url' | 'outboxDir'> & {
    readonly watch?: (run: ReceivedRun) => Promise<void>;
  },
): Promise<SenderFigures> {
  const outboxDir = join(mkdtempSync(join(rig.home, 'sender-')), 'outbox');
  mkdirSync(outboxDir, { mode: 0o700 });
  const url = `${rig.serverUrl}/api/deploys`;
  const sender = startPart('dashboard-sender.ts', { ...order, url, outboxDir });
  await watch?.(await heardOf(rig, order.deployId));
  sender.child.stdin?.write('go\n');
  const figures = JSON.parse(await sender.next()) as SenderFigures;
  if (figures.unsent > 0) throw new Error(`${figures.unsent} lines were not sent`);
  return figures;
}

/** Opens so many WebSockets on a run. `seen` resolves with what they saw, when it is over. */
export async function openWatchers(
  rig: WebRig,
  run: ReceivedRun,
  watchers: number,
): Promise<{ seen: Promise<WatchersFigures> }> {
  const account = rig.sample.administrator;
  const site = rig.serverUrl;
  const { ticket } = await rig
    .visitor(account, site)
    .json<DeployAnswer>(`/deploys/${run.deploy}/logs?limit=1`);
  const order: WatchersOrder = { site, account, run: run.id, ticket, watchers };
  const watching = startPart('dashboard-watchers.ts', order);
  await watching.next();
  return { seen: watching.next().then((line) => JSON.parse(line) as WatchersFigures) };
}

async function heardOf(rig: WebRig, deploy: string): Promise<ReceivedRun> {
  const administrator = rig.visitor(rig.sample.administrator, rig.serverUrl);
  for (;;) {
    const { deploys } = await administrator.json<{ deploys: ReceivedRun[] }>(`/deploys/?text=${deploy}`);
    const [run] = deploys;
    if (run) return run;
    await wait(AGAIN_MS);
  }
}

function startPart(name: string, order: object): { child: ChildProcess; next: () => Promise<string> } {
  const program = resolve(import.meta.dirname, name);
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${name} ended without its figures`);
    return value;
  };
  return { child, next };
}

/** One request with lines, as our sender makes it, whose bytes are there before it is timed. */
interface Ready {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

function readyBatch(key: string, run: string, at: number, lines: number): Ready {
  const first = at * lines + 1;
  const logs = Array.from({ length: lines }, (_, place) => ({
    ...{ level: 'info', seq: first + place, machine: '3d8d9930b32d89', step: 'update' },
    ...{
      logged_at: '2026-01-02T03:04:05.680Z',
      message: `a machine says how far it is: ${'x'.repeat(70)}`,
    },
  }));
  const last = first + lines - 1;
  const value = { logs, deploy_id: run, run, operation: 'deploy', first_seq: first, last_seq: last };
  const body = Buffer.from(JSON.stringify(value));
  const [id, timestamp] = [`${run}_logs_${first}_${last}`, String(Math.floor(Date.now() / 1000))];
  const headers = {
    ...{ 'Content-Type': 'application/json', 'Content-Length': String(body.length) },
    ...{ 'X-Nvoi-Signature': planSignature(key, body), 'webhook-id': id, 'webhook-timestamp': timestamp },
    'webhook-signature': sign(derivedKey(key), { id, timestamp, body }),
  };
  return { body, headers };
}

/**
 * Lines a second that so many senders get stored at once, each with a run of its own, from an address of its own.
 *
 * @param projects one a sender, each of which takes the key
 */
export async function storeRate(
  rig: WebRig,
  key: string,
  { projects, batches, lines }: { projects: readonly string[]; batches: number; lines: number },
): Promise<number> {
  const senders = projects.map((project, sender) => {
    const run = newRunId();
    return {
      url: `${rig.serverUrl}/api/projects/${project}/deploys/${run}/logs`,
      localAddress: `127.0.0.${sender + 2}`,
      ready: Array.from({ length: batches }, (_, at) => readyBatch(key, run, at, lines)),
    };
  });
  const began = performance.now();
  await Promise.all(
    senders.map(async ({ url, localAddress, ready }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
      for (const one of ready) await postUntilTaken(url, agent, one);
      agent.destroy();
    }),
  );
  return (1000 * projects.length * batches * lines) / (performance.now() - began);
}

async function postUntilTaken(url: string, agent: Agent, { body, headers }: Ready): Promise<void> {
  for (;;) {
    const sent = request(url, { method: 'POST', headers, agent });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    answer.resume();
    await once(answer, 'end');
    if (answer.statusCode === 200) return;
    if (answer.statusCode !== 429) throw new Error(`a batch is answered by ${answer.statusCode}`);
    await wait(AGAIN_MS);
  }
}
