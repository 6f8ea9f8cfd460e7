/**
 * Plays Navigator on one machine, by the navigator.yml that update_config wrote there: it runs the CGI, reloads without
 * dropping a request (rubys/navigator internal/utils/reload.go), starts the ready hook after each load, and serves pages.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runCgi } from '../../src/rehearsal/played-navigator.ts';
import { visit } from '../../src/rehearsal/played-pages.ts';
import { readConfig, type ServedConfig } from '../../src/rehearsal/served-config.ts';

export interface MachineOptions {
  /** Has `cgi-bin/` and `scripts/`, or links to them. */
  readonly appRoot: string;
  /** Navigator's environment, which the CGI and the hooks get. */
  readonly env: Readonly<Record<string, string>>;
  readonly region: string;
  readonly id: string;
  /** Of the ready hook; none where it is not given. */
  readonly readyArguments?: readonly string[];
  /** 0 for any that is free. */
  readonly port?: number;
}

/** A configuration that is being served. */
interface Loaded {
  readonly config: ServedConfig;
  /** Requests that it has answered. */
  answered: number;
}

/** What the ready hook said after a load. */
export interface HookRun {
  readonly output: string;
  readonly exitCode: number | null;
  readonly ms: number;
}

export class PlayedMachine {
  readonly origin: string;
  readonly #options: MachineOptions;
  readonly #server: Server;
  readonly #loads: Loaded[] = [];
  readonly #hooks: Promise<HookRun>[] = [];
  readonly #end = new AbortController();
  /** Nanoseconds since 1970: the end of the last load. */
  #loadedAt = 0n;

  static async start(options: MachineOptions): Promise<PlayedMachine> {
    const server = createServer();
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    const machine = new PlayedMachine(options, server);
    await machine.reload();
    return machine;
  }

  private constructor(options: MachineOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else plain(response, 500, error instanceof Error ? error.message : String(error));
      });
    });
  }

  /** How many requests each configuration has answered that was loaded, in order. */
  get answered(): readonly number[] {
    return this.#loads.map(({ answered }) => answered);
  }

  /** The ready hook of the last load, once it has ended. */
  async hook(): Promise<HookRun> {
    const last = this.#hooks.at(-1);
    if (!last) throw new Error('nothing has been loaded');
    return await last;
  }

  /** Loads navigator.yml if it is newer than the end of the last load; until it is read, the one before serves. */
  async reload(): Promise<boolean> {
    const path = join(this.#options.appRoot, 'config/navigator.yml');
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!found || found.mtimeNs <= this.#loadedAt) return false;
    const config = await readConfig(readFileSync(path, 'utf8'));
    this.#loads.push({ config, answered: 0 });
    this.#loadedAt = BigInt(Date.now()) * 1_000_000n;
    this.#hooks.push(this.#runReadyHook());
    return true;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#end.abort();
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    await Promise.all(this.#hooks);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? '/');
    if (path === null) return plain(response, 400, 'Bad Request');
    if (path === '/showcase/update_config' || path === '/update_config')
      return await this.#runCgi(request, response);
    // A request is answered by the configuration that it has met, however long that takes.
    const loaded = this.#loads.at(-1);
    if (!loaded) return plain(response, 503, 'The site is being prepared.');
    const { region, id } = this.#options;
    const machine = { id, region, group: 'app', state: 'started' } as const;
    const { authorization } = request.headers;
    const visited = await visit(machine, loaded.config, { path, authorization });
    loaded.answered++;
    if (visited.kind === 'replayed') {
      // For Fly's proxy, which is not here.
      const { to } = visited;
      const where = 'region' in to ? `region=${to.region}` : `app=${to.app}`;
      response.writeHead(307, { 'fly-replay': where, 'content-length': 0 }).end();
      return;
    }
    const { status, headers, body } = visited.answer;
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  }

  async #runCgi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return plain(response, 405, 'Method Not Allowed');
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const { appRoot, env } = this.#options;
    const script = join(appRoot, 'cgi-bin/update_config');
    const signal = AbortSignal.any([gone.signal, this.#end.signal]);
    const { exitCode } = await runCgi(request, response, { script, env, signal });
    if (exitCode === 0) await this.reload();
    response.end();
  }

  async #runReadyHook(): Promise<HookRun> {
    const { appRoot, env, readyArguments = [] } = this.#options;
    const began = performance.now();
    const child = spawn(join(appRoot, 'scripts/ready'), readyArguments, {
      cwd: appRoot,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#end.signal.addEventListener('abort', () => child.kill());
    const [output, errors, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { output: output + errors, exitCode, ms: performance.now() - began };
  }
}

/** Decoded, without its query; null for what cannot be. */
function pathOf(url: string): string | null {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '/');
  } catch {
    return null;
  }
}

function plain(response: ServerResponse, status: number, said: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${said}\n`);
}
