import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunEvent } from '../../src/report/events.ts';
import type { FleetReport } from '../../src/report/fleet-results.ts';
import { changeSample, makeSampleIndex, type SampleOptions } from '../sample/sample.ts';
import {
  type Counts,
  countVariables,
  end,
  PATH,
  readCounts,
  runTimed,
  startStore,
  storeVariables,
} from './process.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface FleetShape {
  readonly machines: number;
  /** Milliseconds that a machine takes to answer; null for machines that run the real CGI. */
  readonly delayMs: number | null;
  /** As fleet-sim takes them. */
  readonly faults: string;
  /** Of the index that is published; the sample's own where absent. */
  readonly index?: SampleOptions;
}

/** One run of config-update over a fleet whose index has changed, as a whole process. */
export interface FleetRun {
  /** Milliseconds from before it was started until it was gone. */
  readonly ms: number;
  /** Milliseconds of the first two steps: the index is published, the machines are listed. */
  readonly publishMs: number;
  readonly findMs: number;
  /** Milliseconds from its first request to a machine until the last one was done. */
  readonly askingMs: number;
  /** Milliseconds of the machine that took longest, from its first request to its last answer. */
  readonly slowestMs: number;
  /** Requests to machines. */
  readonly requests: number;
  /** Null where it was not asked for. */
  readonly peakMiB: number | null;
  /** The kernel's counts; null where they were not asked for. */
  readonly counts: Counts | null;
}

/** A host with an index, an object store and a played fleet, each a process of its own. */
export class BenchFleet {
  readonly #home: string;
  readonly #store: ChildProcess;
  readonly #sim: ChildProcess;
  readonly #env: NodeJS.ProcessEnv;
  readonly #shape: FleetShape;
  readonly #indexes: readonly Buffer[];
  #changes = 0;

  static async start(shape: FleetShape): Promise<BenchFleet> {
    const home = mkdtempSync(join(tmpdir(), 'showcase-bench-fleet-'));
    for (const name of ['rails', 'db', 'store', 'cache', 'home'])
      mkdirSync(join(home, name), { mode: 0o700 });
    const { server, endpoint } = await startStore(join(home, 'store'));
    const env = {
      PATH,
      HOME: join(home, 'home'),
      UPDATE_CONFIG_CACHE_DIR: join(home, 'cache'),
      ...storeVariables(endpoint),
    };
    const { sim, variables } = await startSim(shape, join(home, 'machines'), env);
    const admin = { APP_ROOT: join(home, 'rails'), RAILS_DB_VOLUME: join(home, 'db') };
    return new BenchFleet(shape, home, server, sim, { ...env, ...variables, ...admin });
  }

  private constructor(
    shape: FleetShape,
    home: string,
    store: ChildProcess,
    sim: ChildProcess,
    env: NodeJS.ProcessEnv,
  ) {
    this.#shape = shape;
    this.#home = home;
    this.#store = store;
    this.#sim = sim;
    this.#env = env;
    const first = makeSampleIndex(shape.index);
    this.#indexes = [first, changeSample(first).index];
  }

  async stop(): Promise<void> {
    for (const child of [this.#sim, this.#store]) await end(child);
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Changes the index, and has every machine updated; anything but that is an error. */
  async update(options: { count?: boolean; args?: readonly string[] } = {}): Promise<FleetRun> {
    this.#changeIndex();
    if (this.#shape.faults !== '') await this.#renewFaults();
    const file = join(this.#home, 'counts.json');
    const env = { ...this.#env, ...(options.count ? countVariables(file) : {}) };
    const { ms, output, code } = await runTimed(
      join(ROOT, 'scripts/config-update'),
      ['--events', ...(options.args ?? [])],
      env,
    );
    const events = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const report = events.flatMap((event) =>
      event.type === 'run-ended' && event.kind === 'fleet' ? [event.result] : [],
    )[0];
    this.#examine(code, report, output);
    const times = (isMeant: (event: RunEvent) => boolean) =>
      events.filter(isMeant).map(({ at }) => Date.parse(at));
    const items = (phase: string) => times((event) => event.type === 'item' && event.phase === phase);
    const ends = (name: string, type: 'step' | 'step-done') =>
      times((event) => event.type === type && event.name === name)[0] ?? Number.NaN;
    const stepMs = (name: string) => ends(name, 'step-done') - ends(name, 'step');
    const counts = options.count ? readCounts(file) : null;
    return {
      ms,
      publishMs: stepMs('publish'),
      findMs: stepMs('find'),
      askingMs: Math.max(...items('done')) - Math.min(...times((event) => event.type === 'progress')),
      slowestMs: Math.max(...(report?.machines ?? []).map((machine) => machine.ms)),
      requests: items('asking').length,
      peakMiB: counts?.peakMiB ?? null,
      counts,
    };
  }

  /** The simulator, which starts the machines' programs and waits for them. */
  get pid(): number {
    return this.#sim.pid ?? 0;
  }

  /** Any other run of config-update over this fleet, as a whole process: milliseconds. An exit code but 0 is an error. */
  async run(args: readonly string[]): Promise<number> {
    const { ms, output, code } = await runTimed(join(ROOT, 'scripts/config-update'), args, this.#env);
    if (code !== 0)
      throw new Error(`config-update ${args.join(' ')} ended with ${code}:\n${output.slice(-4000)}`);
    return ms;
  }

  #changeIndex(): void {
    const path = join(this.#home, 'db/index.sqlite3');
    writeFileSync(path, this.#indexes[this.#changes++ % 2] ?? Buffer.alloc(0));
    // Later than every one before, and not in the future.
    const at = Date.now() / 1000 - 100_000 + this.#changes * 60;
    utimesSync(path, at, at);
  }

  async #renewFaults(): Promise<void> {
    const url = `${this.#env['FLY_API_HOSTNAME']}/_sim/faults`;
    const { ok } = await fetch(url, { method: 'PUT', body: this.#shape.faults });
    if (!ok) throw new Error('fleet-sim did not take the faults');
  }

  #examine(code: number | null, report: FleetReport | undefined, output: string): void {
    const updated = report?.machines.filter(({ outcome }) => outcome === 'updated').length;
    if (code !== 0 || updated !== this.#shape.machines)
      throw new Error(
        `${updated} of ${this.#shape.machines} machines were updated, exit code ${code}:\n${output.slice(-4000)}`,
      );
  }
}

async function startSim(
  { machines, delayMs, faults }: FleetShape,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<{ sim: ChildProcess; variables: NodeJS.ProcessEnv }> {
  const kind =
    delayMs === null
      ? ['--cgi', join(ROOT, 'cgi-bin/update_config'), '--home', home]
      : ['--delay', String(delayMs)];
  const listed = faults === '' ? [] : ['--faults', faults];
  const args = ['--machines', String(machines), '--quiet', ...kind, ...listed];
  const sim = spawn(join(ROOT, 'scripts/fleet-sim'), args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const variables: NodeJS.ProcessEnv = {};
  for await (const line of createInterface(sim.stdout)) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables[name] = value;
    if (line.startsWith('Ready.')) break;
  }
  sim.stdout.resume();
  return { sim, variables };
}
