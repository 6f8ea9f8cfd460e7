/** Deploys that tell the demo's server of themselves, as those of a pipeline do: for pictures of its pages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { derivedKey, planSignature, writtenKey } from '../../src/callbacks/callback-signatures.ts';
import type { CallbackLine, CallbackOperation } from '../../src/callbacks/wire.ts';
import { newRunId } from '../../src/run-id.ts';
import { sign } from '../../src/signature.ts';
import { runProgram } from '../web/child.ts';
import type { WebRig } from '../web/rig.ts';

const KEY = '0123456789abcdef'.repeat(4);
const COMMIT = '5b1f0c2d9e8a7f6c5b4a3d2e1f0a9b8c7d6e5f4a';
const REPOSITORY = 'https://github.com/example/showcase';
const MACHINES = ['iad', 'sjc', 'gru', 'fra', 'nrt', 'syd', 'jnb', 'ord'];

type Told = Omit<CallbackLine, 'seq' | 'logged_at'>;

interface Sent {
  readonly deploy: string;
  readonly operation?: CallbackOperation;
  readonly branch: string;
  readonly attempt: string;
  /** How long ago it began. */
  readonly minutes: number;
  /** How it ends; absent for one under way. */
  readonly ends?: Readonly<Record<string, unknown>>;
  readonly lines: readonly Told[];
}

/** Sends them all. @returns path of the page of one that failed, and was done again */
export async function sendDeploys(rig: WebRig): Promise<string> {
  const file = join(rig.home, 'dashboard.key');
  writeFileSync(file, `${writtenKey(derivedKey(KEY))}\n`, { mode: 0o600 });
  await runProgram(
    [join(rig.env['APP_ROOT'] ?? '', 'scripts/showcase-web'), 'keys', 'add', '--file', file],
    rig.env,
  );
  const index = { kind: 'published', etag: '"8b1a9953c4611296a827abf8c47804d7"', size: 98_304 };
  const all = { updated: 8, unchanged: 0, failed: 0, skipped: 2 };
  const done = {
    status: 'completed',
    tunnels: [{ service_name: 'fly', hostname: 'smooth.fly.dev' }],
    outcome: 'done',
    exit_code: 0,
    index,
    machines: all,
  };
  const failed = {
    status: 'failed',
    error: '1 of 8 machines failed',
    error_code: 'machine-failed',
    hint: 'Look at its log, and run config-update again: machines that have the index already answer at once.',
    ...{
      outcome: 'failed',
      exit_code: 1,
      index,
      machines: { ...all, updated: 7, failed: 1 },
      failed_machines: ['gru'],
    },
  };
  const main = { branch: 'main', attempt: '1' };
  await send(rig, { ...main, deploy: '19384750113', minutes: 1500, ends: done, lines: saidOf(null) });
  await send(rig, {
    ...main,
    deploy: '19384753377',
    operation: 'delete',
    minutes: 260,
    ends: done,
    lines: saidOf(null),
  });
  await send(rig, {
    ...main,
    deploy: '19384754902',
    branch: 'spring-2027',
    minutes: 95,
    ends: { ...failed, outcome: 'cancelled', error: 'stopped by SIGTERM', failed_machines: [] },
    lines: saidOf(null).slice(0, 9),
  });
  await send(rig, { ...main, deploy: '19384756201', minutes: 12, ends: failed, lines: saidOf('gru') });
  await send(rig, {
    ...main,
    deploy: '19384756201',
    attempt: '2',
    minutes: 6,
    ends: done,
    lines: saidOf(null),
  });
  await send(rig, { ...main, deploy: '19384758890', minutes: 0, lines: saidOf(null).slice(0, 14) });
  return '/deploys/19384756201';
}

function saidOf(bad: string | null): Told[] {
  const asked = MACHINES.flatMap((machine, at): Told[] => [
    { level: 'info', message: 'Index fetched, 98304 bytes', machine, step: 'update' },
    { level: 'info', message: 'navigator.yml written, reloading', machine, step: 'update' },
    machine === bad
      ? {
          level: 'error',
          message: `${machine}: failed after 3 attempts, 9.87 s: the connection was refused`,
          machine,
          step: 'update',
        }
      : {
          level: 'ok',
          message: `${machine}: updated after 1 attempt, ${310 + 17 * at} ms`,
          machine,
          step: 'update',
        },
  ]);
  return [
    { level: 'step', message: 'Publishing the index', step: 'publish' },
    {
      level: 'ok',
      message: 'Published the index: ETag "8b1a9953c4611296a827abf8c47804d7", 98304 bytes',
      step: 'publish',
    },
    { level: 'step', message: 'Finding the machines', step: 'find' },
    { level: 'info', message: 'ams is suspended, and fetches the index when it wakes', step: 'find' },
    { level: 'ok', message: '8 machines are active', step: 'find' },
    { level: 'step', message: 'Updating 8 machines', step: 'update' },
    ...asked,
  ];
}

async function send(
  rig: WebRig,
  { deploy, operation = 'deploy', branch, attempt, minutes, ends, lines }: Sent,
): Promise<void> {
  const began = Date.now() - minutes * 60_000;
  const at = (ms: number): string => new Date(began + ms).toISOString();
  const envelope = { deploy_id: deploy, run: newRunId(), operation };
  const url = `${rig.serverUrl}/api/deploys/${deploy}`;
  const started = {
    ...{
      ...envelope,
      status: 'started',
      status_seq: 1,
      at: at(0),
      last_seq: 0,
      by: 'runner@ci',
      target: 'fly',
    },
    ...{
      git_sha: COMMIT,
      git_ref: branch,
      ci_provider: 'github_actions',
      ci_attempt: attempt,
      ci_job: 'deploy',
    },
    ...{ ci_run_url: `${REPOSITORY}/actions/runs/${deploy}`, commit_url: `${REPOSITORY}/commit/${COMMIT}` },
    ...{ command: 'config-update', version: '1.0.0' },
  };
  await post(`${url}/status`, started);
  const logs = lines.map((line, place) => ({ ...line, seq: place + 1, logged_at: at(80 + place * 410) }));
  await post(`${url}/logs`, { ...envelope, logs, first_seq: 1, last_seq: logs.length });
  if (ends === undefined) return;
  const ms = 120 + logs.length * 410;
  const end = {
    status_seq: 2,
    at: at(ms),
    last_seq: logs.length,
    dropped: 0,
    duration_seconds: Math.round(ms / 1000),
    duration_ms: ms,
  };
  await post(`${url}/status`, { ...envelope, ...end, ...ends });
}

async function post(url: string, value: object): Promise<void> {
  const body = Buffer.from(JSON.stringify(value));
  const [id, timestamp] = [newRunId(), `${Math.floor(Date.now() / 1000)}`];
  const answer = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'Content-Type': 'application/json',
      'X-Nvoi-Signature': planSignature(KEY, body),
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(derivedKey(KEY), { id, timestamp, body }),
    },
  });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
}
