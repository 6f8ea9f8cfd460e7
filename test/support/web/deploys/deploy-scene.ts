import type {
  CallbackLine,
  CallbackOperation,
  FailedBody,
  LostRange,
  StatusBody,
} from '../../../../src/callbacks/wire.ts';
import type { Deploys } from '../../../../src/runs/deploys/deploys.ts';

const PROJECT = 'default';
const KEY = `whsec_${Buffer.alloc(32).toString('base64')}`;
const BEGAN = Date.parse('2026-11-30T17:10:36.000Z');

/** ISO 8601, so many milliseconds after the played runs began. */
const atMs = (ms: number): string => new Date(BEGAN + ms).toISOString();

export function callbackLine(seq: number, more: Partial<CallbackLine> = {}): CallbackLine {
  return { seq, level: 'info', message: `line ${seq} of it`, logged_at: atMs(seq), ...more };
}

export const lineRange = (first: number, last: number): CallbackLine[] =>
  Array.from({ length: last - first + 1 }, (_, at) => callbackLine(first + at));

/** A run of a sender as the storage receives it: without requests, for what only shows it. */
export class PlayedDeploy {
  readonly #deploys: Deploys;
  readonly #of: { readonly deploy_id: string; readonly run: string; readonly operation: CallbackOperation };
  #lost: readonly LostRange[] = [];
  #statuses = 0;
  /** Of the run, once something came. */
  id = '';

  constructor(deploys: Deploys, deploy: string, run: string, operation: CallbackOperation = 'deploy') {
    this.#deploys = deploys;
    this.#of = { deploy_id: deploy, run, operation };
    if (deploys.projects.get(PROJECT) === null) deploys.projects.addKey(PROJECT, KEY);
  }

  get path(): string {
    return `/deploys/${this.#of.deploy_id}?run=${this.id}`;
  }

  /** Numbers that will never come, said with whatever comes next. */
  lose(first: number, last: number): void {
    this.#lost = [...this.#lost, [first, last]];
  }

  start(more: Readonly<Record<string, unknown>> = {}): this {
    return this.#status({
      status: 'started',
      git_sha: '0123456789abcdef0123456789abcdef01234567',
      git_ref: 'main',
      ci_provider: 'github_actions',
      ci_run_url: 'https://github.com/user/repo/actions/runs/12345',
      commit_url: 'https://github.com/user/repo/commit/0123456789abcdef0123456789abcdef01234567',
      by: 'deploy@host',
      target: 'fly',
      command: 'config-update',
      version: '1.2.3',
      last_seq: 0,
      ...more,
    });
  }

  /** In batches of 200 at most, as senders have them. */
  say(lines: readonly CallbackLine[]): this {
    for (let at = 0; at < lines.length; at += 200) {
      const logs = lines.slice(at, at + 200);
      const [first_seq, last_seq] = [logs[0]?.seq ?? 1, logs.at(-1)?.seq ?? 0];
      this.id = this.#deploys.logs(PROJECT, { ...this.#shared, logs, first_seq, last_seq }).run.id;
    }
    return this;
  }

  beat(lastSeq: number): this {
    const body = { ...this.#shared, logs: [], first_seq: lastSeq + 1, last_seq: lastSeq };
    this.id = this.#deploys.logs(PROJECT, body).run.id;
    return this;
  }

  complete(lastSeq: number, more: Readonly<Record<string, unknown>> = {}): this {
    return this.#status({
      status: 'completed',
      tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }],
      last_seq: lastSeq,
      duration_seconds: 120,
      duration_ms: 119_874,
      dropped: 0,
      outcome: 'done',
      exit_code: 0,
      index: { kind: 'published', etag: '"5d41402abc4b2a76b9719d911017c592"', size: 98_304 },
      machines: { updated: 11, unchanged: 1, failed: 0, skipped: 3 },
      ...more,
    });
  }

  fail(lastSeq: number, more: Partial<FailedBody> = {}): this {
    return this.#status({
      status: 'failed',
      last_seq: lastSeq,
      duration_seconds: 12,
      duration_ms: 12_345,
      dropped: 0,
      outcome: 'failed',
      exit_code: 1,
      error: '1 of 12 machines failed',
      error_code: 'machine-failed',
      hint: 'Run config-update again.',
      machines: { updated: 11, unchanged: 0, failed: 1, skipped: 0 },
      failed_machines: ['m2'],
      ...more,
    });
  }

  get #shared() {
    return { ...this.#of, ...(this.#lost.length > 0 ? { lost: this.#lost } : {}) };
  }

  #status(more: Readonly<Record<string, unknown>>): this {
    this.#statuses += 1;
    const body = { ...this.#shared, status_seq: this.#statuses, at: atMs(120_000), ...more };
    if (more['status'] === 'started') Object.assign(body, { at: atMs(0) });
    this.id = this.#deploys.status(PROJECT, body as unknown as StatusBody).run.id;
    return this;
  }
}

/** What a run of twelve machines says. */
export function fleetLines(): CallbackLine[] {
  const machines = Array.from({ length: 12 }, (_, at) => `m${at + 1}`);
  const told = machines.flatMap((machine, at): Omit<CallbackLine, 'seq' | 'logged_at'>[] => [
    { level: 'info', message: 'Index fetched, 98304 bytes', machine, step: 'update' },
    { level: 'info', message: 'navigator.yml written, reloading', machine, step: 'update' },
    at === 1
      ? {
          level: 'error',
          message: `${machine}: failed after 3 attempts, 9.87 s: it refuses the token`,
          machine,
          step: 'update',
        }
      : {
          level: 'ok',
          message: `${machine}: updated after 1 attempt, ${310 + at} ms`,
          machine,
          step: 'update',
        },
  ]);
  const all: Omit<CallbackLine, 'seq' | 'logged_at'>[] = [
    { level: 'step', message: 'Publishing the index', step: 'publish' },
    {
      level: 'ok',
      message: 'Published the index: ETag "5d41402abc4b2a76b9719d911017c592", 98304 bytes',
      step: 'publish',
    },
    { level: 'step', message: 'Finding the machines', step: 'find' },
    { level: 'ok', message: '12 machines are active', step: 'find' },
    { level: 'step', message: 'Updating 12 machines', step: 'update' },
    {
      level: 'warning',
      message: 'm2: attempt 1 failed (it refuses the token), the next in 1.00 s',
      machine: 'm2',
      step: 'update',
    },
    ...told,
  ];
  return all.map((line, at) => ({ ...line, seq: at + 1, logged_at: atMs(100 + at * 250) }));
}
