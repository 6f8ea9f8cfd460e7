import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ROOT } from '../machine/machine.ts';

const FLEET_SIM = join(ROOT, 'scripts/fleet-sim');
export const TOKEN = 'rehearsal';

/** A machine as the simulator lists it at its start. */
export interface Listed {
  readonly id: string;
  readonly region: string;
  readonly group: string;
  readonly state: string;
  /** Such as `fail` or `fail, once`; empty for none. */
  readonly fault: string;
}

/** The built simulator as a process of its own. */
export class FleetSimProcess {
  readonly url: string;
  readonly machines: readonly Listed[];
  /** What it says aims config-update at it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;
  readonly #lines: Lines;

  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<FleetSimProcess> {
    const child = spawn(FLEET_SIM, [...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = new Lines(child.stdout);
    const ready = await lines.find((line) => line.startsWith('Ready.'));
    if (ready === null) throw new Error(`fleet-sim did not begin:\n${lines.all.join('\n')}`);
    return new FleetSimProcess(child, lines);
  }

  private constructor(child: ChildProcess, lines: Lines) {
    this.#child = child;
    this.#lines = lines;
    const matches = (form: RegExp) =>
      lines.all.map((line) => form.exec(line)).filter((found) => found !== null);
    this.variables = Object.fromEntries(
      matches(/^export (\w+)='(.*)'$/).map(([, name = '', value = '']) => [name, value]),
    );
    this.url = this.variables['FLY_API_HOSTNAME'] ?? '';
    this.machines = matches(/^ {2}([0-9a-f]{14}) {2}(\w+) {2}(\w+) {2}(\w+)(?: +([^:]*):.*)?$/).map(
      ([, id = '', region = '', group = '', state = '', fault = '']) => ({ id, region, group, state, fault }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it has said so far. */
  get lines(): readonly string[] {
    return this.#lines.all;
  }

  /** Resolves with the first line that fits, or with null when it ends without one. */
  printed(fits: (line: string) => boolean): Promise<string | null> {
    return this.#lines.find(fits);
  }

  /** The machine with that fault. */
  faulty(fault: string): Listed {
    const found = this.machines.find((machine) => machine.fault === fault);
    if (!found) throw new Error(`no machine has ${fault}`);
    return found;
  }

  /** POSTs to a machine; without an id to whichever the proxy chooses. */
  post(id: string | null, query = '', init: RequestInit = {}): Promise<Response> {
    const headers = { ...(id === null ? {} : { 'Fly-Force-Instance-Id': id }), ...init.headers };
    return fetch(`${this.url}/showcase/update_config${query}`, { ...init, method: 'POST', headers });
  }

  /** A request to the Machines API of the app `smooth`. */
  api(path = '', init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${TOKEN}`, ...init.headers };
    return fetch(`${this.url}/v1/apps/smooth/machines${path}`, { ...init, headers });
  }

  async setFaults(list: string): Promise<void> {
    const response = await fetch(`${this.url}/_sim/faults`, { method: 'PUT', body: list });
    if (!response.ok) throw new Error(await response.text());
  }

  async status(): Promise<{
    asked: Record<string, number>;
    atOnce: number;
    mostAtOnce: number;
    faults: Record<string, string>;
  }> {
    return (await (await fetch(`${this.url}/_sim/status`)).json()) as never;
  }

  /** Ends it, and returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    const [code] = (await closed) as [number | null];
    return code;
  }
}

/** Runs the simulator where it ends by itself. */
export async function runFleetSim(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(FLEET_SIM, [...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

/** The result that a text answer ends with. */
export function resultOf(body: string): Record<string, unknown> {
  return JSON.parse(/^RESULT (.*)$/m.exec(body)?.[1] ?? 'null') as Record<string, unknown>;
}

/** The lines of a stream as they come. */
export class Lines {
  readonly all: string[] = [];
  readonly #watchers = new Set<() => void>();
  #ended = false;

  constructor(stream: Readable) {
    let cut = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (cut + chunk).split('\n');
      cut = lines.pop() ?? '';
      this.all.push(...lines);
      this.#wake();
    });
    stream.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async find(fits: (line: string) => boolean): Promise<string | null> {
    for (;;) {
      const found = this.all.find(fits);
      if (found !== undefined || this.#ended) return found ?? null;
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
