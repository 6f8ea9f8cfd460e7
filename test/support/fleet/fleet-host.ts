import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { FEW } from '../indexes/few.ts';
import { EXECUTABLE, Machine, ROOT } from '../machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../machine/published.ts';
import { FleetSimProcess, Lines } from './fleet-sim.ts';

export const CONFIG_UPDATE = join(ROOT, 'scripts/config-update');

/** The directories of one machine that is played with the real CGI. */
export class MachineHome {
  readonly id: string;
  readonly region: string;
  readonly appRoot: string;
  readonly dbDir: string;

  constructor(home: string, id: string, region: string) {
    this.id = id;
    this.region = region;
    this.appRoot = join(home, id, 'rails');
    this.dbDir = join(home, id, 'db');
  }

  path(name: Parameters<Machine['path']>[0]): string {
    if (name === 'tenants.list') return join(this.appRoot, 'tmp', name);
    if (name === 'navigator.yml') return join(this.appRoot, 'config', name);
    return join(this.dbDir, name);
  }

  /** What a file says, wherever the machine's directories are. */
  read(name: Parameters<Machine['path']>[0]): string {
    const text = readFileSync(this.path(name), 'utf8');
    return text.replaceAll(this.appRoot, '/APP').replaceAll(this.dbDir, '/DB');
  }
}

/** An administrator's host with an index, an object store, and a fleet that is played for it. */
export class FleetHost {
  readonly home = mkdtempSync(join(tmpdir(), 'fleet-host-'));
  readonly admin = new Machine();
  readonly published: Published;
  #sim: FleetSimProcess | null = null;
  /** So that each index is newer than the one before. */
  #clock = Math.floor(Date.now() / 1000) - 100_000;
  #index = makeSampleIndex(FEW);

  private constructor(published: Published) {
    this.published = published;
    this.writeIndex(this.#index);
  }

  /** Plays machines that only answer, or with `real` run the built update_config. */
  static async start(
    args: readonly string[],
    options: {
      real: boolean;
      /** Stands between the machines and the store: its endpoint, given that of the store. */
      between?: (endpoint: string) => Promise<string>;
    },
  ): Promise<FleetHost> {
    const host = new FleetHost(await startPublished());
    try {
      const home = join(host.home, 'machines');
      const real = ['--cgi', EXECUTABLE, '--home', home, '--resume', join(ROOT, 'scripts/resume')];
      const all = ['--flyctl', join(host.home, 'flyctl'), ...args, ...(options.real ? real : [])];
      const { settings } = host.published;
      const endpoint = (await options.between?.(settings.endpoint)) ?? settings.endpoint;
      host.#sim = await FleetSimProcess.start(all, storeEnvironment(settings, endpoint));
    } catch (error) {
      await host.close();
      throw error;
    }
    return host;
  }

  get sim(): FleetSimProcess {
    if (!this.#sim) throw new Error('no fleet is played');
    return this.#sim;
  }

  get machines(): MachineHome[] {
    return this.sim.machines.map(
      ({ id, region }) => new MachineHome(join(this.home, 'machines'), id, region),
    );
  }

  get index(): Buffer {
    return this.#index;
  }

  async close(): Promise<void> {
    await this.#sim?.stop();
    await this.published.close();
    this.admin.remove();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Puts an index in this host's place for it, newer than every one before. */
  writeIndex(index: Buffer): void {
    this.#index = index;
    this.#clock += 60;
    const path = this.admin.path('index.sqlite3');
    writeFileSync(path, index);
    utimesSync(path, this.#clock, this.#clock);
  }

  /** Somebody changes the index. */
  changeIndex(): void {
    this.writeIndex(changeSample(this.#index).index);
  }

  environment(): Record<string, string> {
    mkdirSync(join(this.home, 'home'), { recursive: true });
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: join(this.home, 'home'),
      USER: 'admin',
      ...this.admin.env,
      ...this.published.env,
      ...this.sim.variables,
      // The other way to find machines is one more program that Node starts: tests of it take it.
      FLEET_FLY_SOURCE: 'api',
    };
  }

  /** Starts the built config-update on this host. */
  start(args: readonly string[] = [], options: StartOptions = {}): ConfigUpdate {
    return new ConfigUpdate(args, { ...this.environment(), ...options.env }, options.through ?? []);
  }

  /** Runs it to its end. */
  run(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> {
    return this.start(args, { env }).ended;
  }

  /** Runs it to its end with `--json`, and returns what it reports there. */
  async report(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Reported> {
    const ended = await this.run([...args, '--json'], env);
    if (!ended.stdout.startsWith('{')) throw new Error(`no report: ${ended.stdout}${ended.stderr}`);
    return { ...ended, report: JSON.parse(ended.stdout) as FleetReport };
  }
}

interface StartOptions {
  readonly env?: Record<string, string>;
  /** A command that runs it, such as `['strace', ...]`. */
  readonly through?: readonly string[];
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Reported extends Ended {
  readonly report: FleetReport;
}

/** A config-update under way. */
export class ConfigUpdate {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #lines: Lines;

  constructor(args: readonly string[], env: Record<string, string>, through: readonly string[]) {
    const [command = CONFIG_UPDATE, ...rest] = [...through, CONFIG_UPDATE, ...args];
    const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#lines = new Lines(child.stdout);
    const errors: Buffer[] = [];
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer | string) => output.push(Buffer.from(chunk)));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    this.ended = once(child, 'close').then(([exitCode, signal]) => ({
      exitCode: exitCode as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: Buffer.concat(output).toString(),
      stderr: Buffer.concat(errors).toString(),
    }));
  }

  /** Resolves with the first line on standard output that fits, or with null when it ends without one. */
  printed(fits: (line: string) => boolean): Promise<string | null> {
    return this.#lines.find(fits);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
