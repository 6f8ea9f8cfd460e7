import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

export interface NavigatorOptions {
  /** Executable that answers at `/showcase/update_config`, whatever the method: the route's own check is not here. */
  readonly script: string;
  /** Navigator's working directory, below which it finds `config/navigator.yml`. */
  readonly appRoot: string;
  /** Navigator's environment and the route's `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Stands for the time that a load takes; the file may change meanwhile. */
  readonly whileLoading?: (text: string) => Promise<void> | void;
}

/** What became of one request. */
export interface CgiRun {
  readonly pid: number;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** Whether Navigator reloaded on account of it. */
  readonly reloaded: boolean;
}

const CONFIG = 'config/navigator.yml';

/**
 * Runs an executable as Navigator does (rubys/navigator internal/cgi/handler.go, internal/utils/reload.go): the same
 * environment, working directory and pipes, standard input closed behind the body, the status from a `Status` line
 * alone, SIGKILL to the direct child when the client goes away, and a reload when the child exited with 0 and the
 * configuration is newer than the end of the last load.
 */
export class NavigatorCgi {
  readonly url: string;
  /** Every configuration that was loaded, in order; the first when Navigator was started, if there was one. */
  readonly loads: string[] = [];
  readonly runs: CgiRun[] = [];
  readonly #options: NavigatorOptions;
  readonly #server: Server;
  readonly #ended = new EventEmitter();
  /** Nanoseconds since 1970. */
  #loadedAt = 0n;

  private constructor(options: NavigatorOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/showcase/update_config`;
    server.on('request', (request, response) => this.#serve(request, response));
  }

  static async start(options: NavigatorOptions): Promise<NavigatorCgi> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const navigator = new NavigatorCgi(options, server);
    if (statSync(navigator.configPath, { throwIfNoEntry: false })) await navigator.#load();
    return navigator;
  }

  get configPath(): string {
    return join(this.#options.appRoot, CONFIG);
  }

  /** The next run that ends, or the given one of all. */
  async run(number = this.runs.length): Promise<CgiRun> {
    for (;;) {
      const run = this.runs[number];
      if (run) return run;
      await once(this.#ended, 'run');
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const child = spawn(this.#options.script, [], {
      cwd: dirname(this.#options.script),
      env: { ...this.#options.env, ...cgiVariables(request) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {}); // the child need not read
    request.pipe(child.stdin);
    request.on('error', () => child.stdin.destroy());
    response.on('close', () => {
      if (!response.writableFinished) child.kill('SIGKILL');
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    relay(child.stdout, response);
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const reloaded = exitCode === 0 && this.#isNewer();
    if (reloaded) await this.#load();
    this.runs.push({ pid: child.pid ?? 0, exitCode, signal, stderr, reloaded });
    response.end();
    this.#ended.emit('run');
  }

  #isNewer(): boolean {
    const found = statSync(this.configPath, { bigint: true, throwIfNoEntry: false });
    return found !== undefined && found.mtimeNs > this.#loadedAt;
  }

  /** What counts is the end of a load: a file that changes while it is being loaded is not looked at again. */
  async #load(): Promise<void> {
    const text = readFileSync(this.configPath, 'utf8');
    await this.#options.whileLoading?.(text);
    this.loads.push(text);
    this.#loadedAt = BigInt(Date.now()) * 1_000_000n;
  }
}

function cgiVariables(request: IncomingMessage): Record<string, string> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const { headers, socket } = request;
  const variables: Record<string, string> = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: `HTTP/${request.httpVersion}`,
    SERVER_SOFTWARE: 'Navigator',
    REQUEST_METHOD: request.method ?? '',
    QUERY_STRING: search.slice(1),
    SCRIPT_NAME: pathname,
    PATH_INFO: '',
    SERVER_NAME: headers.host ?? 'localhost',
    REMOTE_ADDR: `${socket.remoteAddress}:${socket.remotePort}`,
    CONTENT_TYPE: headers['content-type'] ?? '',
    // Go knows no length of a chunked body.
    CONTENT_LENGTH: headers['content-length'] ?? '',
  };
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    // Go takes these out of the headers.
    if (['host', 'content-type', 'content-length', 'transfer-encoding'].includes(name)) continue;
    variables[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = (values ?? []).join(',');
  }
  return variables;
}

/** Reads header lines up to an empty one, then hands on what follows as it comes. */
function relay(stdout: NodeJS.ReadableStream, response: ServerResponse): void {
  const decoder = new StringDecoder('latin1');
  let head: string | null = '';
  const begin = (text: string): void => {
    const end = /\r?\n\r?\n/.exec(text);
    const lines = (end ? text.slice(0, end.index) : text).split(/\r?\n/);
    let status = 200;
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon < 0) continue;
      const [name, value] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10) || status;
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    head = null;
    if (end) response.write(Buffer.from(text.slice(end.index + end[0].length), 'latin1'));
  };
  stdout.on('data', (chunk: Buffer) => {
    if (head === null) {
      response.write(chunk);
      return;
    }
    head += decoder.write(chunk);
    if (/\r?\n\r?\n/.test(head)) begin(head);
  });
  stdout.on('end', () => {
    if (head !== null) begin(head);
  });
}
