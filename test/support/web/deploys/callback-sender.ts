import { derivedKey, planSignature } from '../../../../src/callbacks/callback-signatures.ts';
import type { CallbackLine } from '../../../../src/callbacks/wire.ts';
import { newRunId } from '../../../../src/run-id.ts';
import type { ReceivedRun } from '../../../../src/runs/deploys/deploy-model.ts';
import { sign } from '../../../../src/signature.ts';
import { KEY } from '../../callbacks/vectors.ts';
import type { TestServer } from '../web-server.ts';

interface SenderOptions {
  readonly key?: string;
  /** With it the long addresses are used. */
  readonly project?: string;
  readonly deploy?: string;
  readonly run?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

type Body = Readonly<Record<string, unknown>>;

/** A run that tells of itself as ours do, one request at a time, and knows nothing of an outbox. */
export class CallbackSender {
  readonly deploy: string;
  readonly run: string;
  readonly #server: Pick<TestServer, 'url'>;
  readonly #options: SenderOptions;
  #statuses = 0;
  #lines = 0;

  constructor(server: Pick<TestServer, 'url'>, options: SenderOptions = {}) {
    this.#server = server;
    this.#options = options;
    this.deploy = options.deploy ?? '12345';
    this.run = options.run ?? newRunId();
  }

  /** What each body has. */
  get envelope(): Body {
    return { deploy_id: this.deploy, run: this.run, operation: 'deploy' };
  }

  start(more: Body = {}): Promise<Response> {
    const source = { git_sha: null, git_ref: null, ci_provider: null, ci_run_url: null };
    return this.status({ status: 'started', ...source, ...more });
  }

  complete(more: Body = {}): Promise<Response> {
    return this.status({ status: 'completed', tunnels: [], dropped: 0, outcome: 'done', ...more });
  }

  fail(more: Body = {}): Promise<Response> {
    return this.status({ status: 'failed', error: 'it failed', dropped: 0, outcome: 'failed', ...more });
  }

  status(fields: Body): Promise<Response> {
    this.#statuses += 1;
    const at = new Date().toISOString();
    const body = { ...fields, ...this.envelope, status_seq: this.#statuses, at, last_seq: this.#lines };
    return this.post('status', { ...body, ...fields });
  }

  /** The next lines. */
  say(...messages: readonly string[]): Promise<Response> {
    const lines = messages.map((message) => lineOf(this.#lines + 1 + messages.indexOf(message), message));
    this.#lines += messages.length;
    return this.lines(lines);
  }

  /** Lines of any numbers. */
  lines(logs: readonly CallbackLine[]): Promise<Response> {
    const [first, last] = [logs[0]?.seq ?? this.#lines + 1, logs.at(-1)?.seq ?? this.#lines];
    this.#lines = Math.max(this.#lines, last);
    return this.post('logs', { logs, ...this.envelope, first_seq: first, last_seq: last });
  }

  post(kind: 'logs' | 'status', body: Body, headers: Record<string, string> = {}): Promise<Response> {
    const bytes = Buffer.from(JSON.stringify(body));
    return this.send(kind, bytes, { ...this.headersOf(bytes), ...headers });
  }

  headersOf(body: Buffer): Record<string, string> {
    const { key = KEY, now = Date.now } = this.#options;
    const id = `${this.run}_test_${Math.random().toString(36).slice(2)}`;
    const timestamp = `${Math.floor(now() / 1000)}`;
    return {
      'Content-Type': 'application/json',
      'X-Nvoi-Signature': planSignature(key, body),
      'X-Nvoi-Deploy-Id': this.deploy,
      'X-Nvoi-Run': this.run,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': sign(derivedKey(key), { id, timestamp, body }),
    };
  }

  send(kind: 'logs' | 'status', body: Buffer, headers: Record<string, string>): Promise<Response> {
    return fetch(`${this.#server.url}${this.path(kind)}`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers,
    });
  }

  path(kind: 'logs' | 'status'): string {
    const { project } = this.#options;
    return `/api/${project === undefined ? '' : `projects/${project}/`}deploys/${this.deploy}/${kind}`;
  }
}

export function lineOf(seq: number, message = `line ${seq}`, more: Partial<CallbackLine> = {}): CallbackLine {
  return { level: 'info', message, logged_at: '2026-01-02T03:04:05.680Z', seq, ...more };
}

/** The newest run of a deploy, as it is kept. */
export function keptRun({ context }: TestServer, deploy: string, project = 'default'): ReceivedRun {
  const run = context.deploys.runsOf(project, deploy).at(-1);
  if (!run) throw new Error(`no run of deploy ${deploy}`);
  return run;
}

export function numbersTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
