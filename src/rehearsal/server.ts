import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Action, MachinesApi } from './api.ts';
import { assignFaults, FaultListError, type FaultShare, type MachineFault, parseFaults } from './faults.ts';
import type { SimMachine } from './machines.ts';
import { isPagePath, type PageServer } from './page-routing.ts';
import { type Served, serveMachine } from './serve.ts';
import type { Answerer, SimReporter } from './sim-event.ts';
import { parseJson, readBody, send, sendJson } from './sim-http.ts';

export interface SimOptions {
  readonly app: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly machines: readonly SimMachine[];
  readonly faults: readonly FaultShare[];
  readonly seed: number;
  /** Milliseconds that a machine takes, and that a slow one takes longer. */
  readonly delayMs: number;
  readonly slowMs: number;
  /** Bearer token of the Machines API. */
  readonly token: string;
  readonly answer: Answerer;
  /** Serves the pages of the site; null where machines have none. */
  readonly pages: PageServer | null;
  /** Done before a machine that is started serves; returns how it went, in words. */
  readonly resume: ((machine: SimMachine, signal: AbortSignal) => Promise<string>) | null;
  readonly report: SimReporter;
}

/** Where machines answer: as on Fly, and as on a server of its own. */
const MACHINE_PATHS = ['/showcase/update_config', '/update_config'];

/** Plays a fleet of machines behind one address, Fly's Machines API, and Navigator's sink for broadcasts. */
export class FleetSim {
  readonly url: string;
  readonly #options: SimOptions;
  readonly #server: Server;
  readonly #api: MachinesApi;
  readonly #end = new AbortController();
  readonly #work = new Set<Promise<void>>();
  /** Faults that have not occurred yet, and the number of requests to each machine. */
  #faults: Map<string, MachineFault>;
  readonly #asked = new Map<string, number>();
  #atOnce = 0;
  #mostAtOnce = 0;
  #next = 0;

  /** @throws {FaultListError} */
  static async start(options: SimOptions): Promise<FleetSim> {
    const faults = assignFaults(options.machines, options.faults, options.seed);
    const server = createServer();
    server.listen(options.port, '127.0.0.1');
    await once(server, 'listening');
    return new FleetSim(options, server, faults);
  }

  private constructor(options: SimOptions, server: Server, faults: Map<string, MachineFault>) {
    this.#options = options;
    this.#server = server;
    this.#faults = faults;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { app, machines, token } = options;
    const change = (machine: SimMachine, action: Action) => this.#change(machine, action);
    this.#api = new MachinesApi({ app, machines, token, since: new Date(), change });
    server.on('request', (request, response) => this.#track(this.#serve(request, response)));
  }

  /** Of the machines that have one still to come. */
  get faults(): ReadonlyMap<string, MachineFault> {
    return this.#faults;
  }

  /** Ends everything: open connections, and the processes of machines that are at work. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#end.abort();
    this.#server.closeAllConnections();
    await closed;
    await Promise.all(this.#work);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    request.on('error', () => {}); // the client is gone: its response tells
    try {
      if (!url) sendJson(response, 400, { error: 'bad request' });
      else if (MACHINE_PATHS.includes(url.pathname)) await this.#route(request, response);
      else if (url.pathname.startsWith('/v1/')) this.#serveApi(request, response, url);
      else if (url.pathname === '/_broadcast') await this.#broadcast(request, response);
      else if (url.pathname.startsWith('/_sim/')) await this.#control(request, response, url);
      else if (this.#options.pages && isPagePath(request.url ?? ''))
        await this.#servePage(this.#options.pages, request, response);
      else this.#report(request, null, send(response, 404, 'no machine has this path\n'), 0);
    } catch (error) {
      const served = { status: 500, detail: error instanceof Error ? error.message : String(error) };
      this.#report(request, null, served, 0);
      if (!response.headersSent) sendJson(response, 500, { error: served.detail });
      else response.destroy();
    }
  }

  /** As Fly's proxy does: to the machine that a header names and no other, or to any that is started. */
  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    const machine = this.#choose(request);
    if (!machine) {
      request.resume();
      const problem = 'could not find a good candidate within 40 attempts at load balancing';
      this.#report(request, null, send(response, 503, `${problem}\n`), performance.now() - began);
      return;
    }
    const fault = this.#faults.get(machine.id);
    if (fault?.once) this.#faults.delete(machine.id);
    this.#asked.set(machine.id, (this.#asked.get(machine.id) ?? 0) + 1);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, ++this.#atOnce);
    try {
      const { answer, delayMs, slowMs } = this.#options;
      const signal = this.#end.signal;
      const options = { answer, delayMs, slowMs, signal };
      const served = await serveMachine(machine, fault, request, response, options);
      this.#report(request, machine, served, performance.now() - began);
    } finally {
      this.#atOnce--;
    }
  }

  #choose({ headers }: IncomingMessage): SimMachine | undefined {
    const named = headers['fly-force-instance-id'];
    const able = this.#options.machines.filter(({ group, state }) => group === 'app' && state === 'started');
    return named === undefined ? able[this.#next++ % able.length] : able.find(({ id }) => id === named);
  }

  /** Faults do not occur here: they concern updates only. */
  async #servePage(pages: PageServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now();
    request.resume();
    const { machine, answer, detail } = await pages(request, this.#choose(request) ?? null);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    response.end(answer.body);
    this.#report(request, machine, { status: answer.status, detail }, performance.now() - began);
  }

  #report(request: IncomingMessage, machine: SimMachine | null, served: Served, ms: number): void {
    const { method = '', url: path = '' } = request;
    this.#options.report({ type: 'request', machine, method, path, ms, ...served });
  }

  #serveApi(request: IncomingMessage, response: ServerResponse, url: URL): void {
    request.resume();
    const nowMs = performance.now();
    const { method = '' } = request;
    const { status, headers, body } = this.#api.answer({
      method,
      url,
      authorization: request.headers.authorization,
      nowMs,
    });
    sendJson(response, status, body, headers);
    this.#report(request, null, { status, detail: 'Machines API' }, performance.now() - nowMs);
  }

  #change(machine: SimMachine, action: Action): void {
    const { resume, report } = this.#options;
    if (action !== 'start') {
      machine.state = action === 'stop' ? 'stopped' : 'suspended';
      report({ type: 'state', machine, detail: '' });
      return;
    }
    const started = (detail: string): void => {
      machine.state = 'started';
      report({ type: 'state', machine, detail });
    };
    if (resume && machine.state !== 'started') this.#track(resume(machine, this.#end.signal).then(started));
    else started('');
  }

  /** Answers as Navigator does (rubys/navigator internal/cable/handler.go). */
  async #broadcast(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void send(response, 405, 'Method not allowed\n');
    const message = parseJson((await readBody(request)) ?? '');
    if (!message || typeof message !== 'object') return void send(response, 400, 'Invalid JSON\n');
    const { stream, data } = message as { stream?: unknown; data?: unknown };
    if (typeof stream !== 'string' || stream === '') return void send(response, 400, 'Stream required\n');
    send(response, 200, '');
    this.#options.report({ type: 'broadcast', stream, data });
  }

  async #control(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { machines, app, seed, report } = this.#options;
    const what = `${request.method} ${url.pathname.slice('/_sim/'.length)}`;
    if (what === 'GET machines') {
      const known = (url.searchParams.get('app') ?? app) === app;
      sendJson(response, known ? 200 : 404, known ? this.#api.list(null) : { error: 'app not found' });
    } else if (what === 'GET status') {
      const faults = Object.fromEntries([...this.#faults].map(([id, { kind }]) => [id, kind]));
      const asked = Object.fromEntries(this.#asked);
      sendJson(response, 200, { asked, atOnce: this.#atOnce, mostAtOnce: this.#mostAtOnce, faults });
    } else if (what === 'PUT faults') {
      try {
        const list = await readBody(request);
        if (list === null) throw new FaultListError('the list of faults is too long');
        this.#faults = assignFaults(machines, parseFaults(list), seed);
      } catch (error) {
        if (!(error instanceof FaultListError)) throw error;
        return sendJson(response, 400, { error: error.message });
      }
      report({ type: 'faults', count: this.#faults.size });
      sendJson(response, 200, { faults: this.#faults.size });
    } else {
      sendJson(response, 404, { error: 'there is nothing at this path' });
    }
  }
}
