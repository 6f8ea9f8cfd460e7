import { EventEmitter, once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type CgiEnd, runCgi } from '../../../src/rehearsal/played-navigator.ts';

export interface NavigatorOptions {
  /** Executable that answers at `/showcase/update_config`, whatever the method: the route's own check is not here. */
  readonly script: string;
  /** Navigator's working directory, below which it finds `config/navigator.yml`. */
  readonly appRoot: string;
  /** Navigator's environment and the route's `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Stands for the time that a load takes, and may say when it ended (milliseconds since 1970) if not just now. */
  readonly whileLoading?: (text: string) => Promise<number | undefined>;
}

/** What became of one request. */
export interface CgiRun extends CgiEnd {
  /** Whether Navigator reloaded on account of it. */
  readonly reloaded: boolean;
}

const CONFIG = 'config/navigator.yml';

/**
 * Runs an executable for each request as Navigator does, and reloads as it does (rubys/navigator
 * internal/utils/reload.go): when the child exited with 0 and the configuration is newer than the end of the last load.
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
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const { script, env } = this.#options;
    const end = await runCgi(request, response, { script, env, signal: gone.signal });
    const reloaded = end.exitCode === 0 && this.isNewer();
    if (reloaded) await this.#load();
    this.runs.push({ ...end, reloaded });
    response.end();
    this.#ended.emit('run');
  }

  /** Whether the configuration is newer than the end of the last load. */
  isNewer(): boolean {
    const found = statSync(this.configPath, { bigint: true, throwIfNoEntry: false });
    return found !== undefined && found.mtimeNs > this.#loadedAt;
  }

  /** What counts is the end of a load: a file that changes while it is being loaded is not looked at again. */
  async #load(): Promise<void> {
    const text = readFileSync(this.configPath, 'utf8');
    const ended = await this.#options.whileLoading?.(text);
    this.loads.push(text);
    this.#loadedAt = BigInt(Math.floor(ended ?? Date.now())) * 1_000_000n;
  }
}
