import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { RunResult } from '../../../src/report/results.ts';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const EXECUTABLE = join(ROOT, 'cgi-bin/update_config');

/** What an executable answered. */
export interface Answered {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What it answered as CGI. */
export interface CgiAnswered extends Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The object of the `RESULT` line, or of a JSON answer. */
  readonly result: RunResult;
}

/** A machine of its own: an app root, a db dir, and the variables that name them. */
export class Machine {
  readonly home: string;
  readonly appRoot: string;
  readonly dbDir: string;
  env: Record<string, string>;
  /** What `isFromSource` is at first; see `useSource`. */
  static areFromSource = false;
  /** Whether executables are run from their source, in this process, in place of what was built. */
  isFromSource = Machine.areFromSource;

  /**
   * @param parent where its directories are made
   * @param home where they are to be, if they are to be where another machine had them
   */
  constructor(env: Record<string, string> = {}, parent = tmpdir(), home?: string) {
    this.home = home ?? mkdtempSync(join(parent, 'machine-'));
    this.appRoot = join(this.home, 'rails');
    this.dbDir = join(this.home, 'data', 'db');
    for (const path of [this.appRoot, this.dbDir]) mkdirSync(path, { recursive: true });
    this.env = { APP_ROOT: this.appRoot, RAILS_DB_VOLUME: this.dbDir, ...env };
  }

  path(
    name: 'index.sqlite3' | 'htpasswd' | 'map.yml' | 'showcases.yml' | 'tenants.list' | 'navigator.yml',
  ): string {
    if (name === 'tenants.list') return join(this.appRoot, 'tmp', name);
    if (name === 'navigator.yml') return join(this.appRoot, 'config', name);
    return join(this.dbDir, name);
  }

  read(name: Parameters<Machine['path']>[0]): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** Milliseconds since 1970. */
  mtime(name: Parameters<Machine['path']>[0]): number {
    return statSync(this.path(name)).mtimeMs;
  }

  /** As if the last change of navigator.yml, and its load, were long ago. */
  settle(): void {
    const past = new Date(Date.now() - 60_000);
    utimesSync(this.path('navigator.yml'), past, past);
  }

  /** Everything below the app root and the db dir, the state directory aside: path, mode, mtime and bytes. */
  snapshot(): Map<string, string> {
    const found = new Map<string, string>();
    for (const root of [this.appRoot, this.dbDir]) {
      for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
        if (name.startsWith('.update_config')) continue;
        const path = join(root, name);
        const { mode, mtimeMs, uid } = statSync(path);
        const bytes = statSync(path).isFile() ? readFileSync(path).toString('base64') : '';
        found.set(path, `${mode} ${uid} ${statSync(path).isFile() ? mtimeMs : ''} ${bytes}`);
      }
    }
    return found;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs an executable with this machine's variables and arguments; `input` goes to its standard input. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Answered> {
    if (this.isFromSource && !options.onSpawn) {
      const { runSource } = await import('./run-source.ts');
      const answered = await runSource(this, args, options);
      if (answered) return answered;
    }
    const child = spawn(options.executable ?? EXECUTABLE, [...args], {
      env: { PATH: process.env['PATH'], ...this.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    options.onSpawn?.(child.pid ?? 0);
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(options.input ?? '');
    const [stdout, stderr, [exitCode, signal]] = await Promise.all([
      text(child.stdout),
      buffer(child.stderr).then(String),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    return { exitCode, signal, stdout, stderr };
  }

  /** Runs update_config with the variables that Navigator sets for a request. */
  async post(query = '', options: RunOptions = {}): Promise<CgiAnswered> {
    return parseAnswer(await this.run([], { ...options, env: { ...postVariables(query), ...options.env } }));
  }
}

/** The variables that Navigator sets for a POST without a body. */
export function postVariables(query = ''): Record<string, string> {
  return {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'Navigator',
    REQUEST_METHOD: 'POST',
    QUERY_STRING: query,
    REMOTE_ADDR: '127.0.0.1:50000',
    CONTENT_LENGTH: '',
    CONTENT_TYPE: '',
  };
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
  readonly executable?: string;
  /** Told the process id as soon as there is one. */
  readonly onSpawn?: (pid: number) => void;
}

export function parseAnswer(answered: Answered): CgiAnswered {
  const [head = '', ...rest] = answered.stdout.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const headers = Object.fromEntries(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const json = body.startsWith('{') ? body : (/^RESULT (.*)$/m.exec(body)?.[1] ?? 'null');
  return {
    ...answered,
    headers,
    body,
    status: Number.parseInt(headers['status'] ?? '0', 10),
    result: JSON.parse(json) as RunResult,
  };
}

export function basic(userid: string, password: string): string {
  return `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`;
}
