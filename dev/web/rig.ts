/**
 * The whole site on this machine: an admin host with an index, machines that run the real update_config, the real
 * showcase-web, and a stand-in for Navigator before it. The object store is the caller's.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { compiledOr } from '../demo/place.ts';
import { renderPages } from '../demo/rendered-once.ts';
import { type Account, makeOwnedSample, type OwnedSample } from '../sample/owners.ts';
import type { SampleOptions } from '../sample/sample.ts';
import { type Exit, endProgram, type Running, runProgram, startProgram } from './child.ts';
import { StandIn } from './stand-in.ts';
import { Visitor } from './visitor.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The base path of a site on Fly. */
const BASE = '/showcase';
/** Where machines are, in turn: all regions of the sample, and one for which no studio is nearest. */
const REGIONS = ['iad', 'sjc', 'gru', 'fra', 'nrt', 'syd', 'jnb', 'ord'];

export interface RigOptions {
  /** The variables that point to an object store. */
  readonly store: NodeJS.ProcessEnv;
  readonly machines: number;
  /** The directory that gets all of it; a temporary one if it is not given. It is removed at the end. */
  readonly home?: string;
  /** Of the address that people open; 0 for any that is free. */
  readonly port?: number;
  readonly sample?: SampleOptions;
  /** Milliseconds after which machines answer that have nothing but that to do; without it they are real. */
  readonly playedMs?: number;
  /** What the server has more, or otherwise. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Machine {
  readonly id: string;
  readonly region: string;
}

export class WebRig {
  readonly home: string;
  readonly sample: OwnedSample;
  readonly standIn: StandIn;
  readonly machines: readonly Machine[];
  /** What aims config-update at the played machines, and more that it needs. */
  readonly env: NodeJS.ProcessEnv;
  readonly #sim: Running;
  #server: Running | null = null;

  static async start(options: RigOptions): Promise<WebRig> {
    const { store, machines, port = 0, sample, env = {} } = options;
    const home = options.home ?? mkdtempSync(join(tmpdir(), 'showcase-web-'));
    const undo: (() => Promise<unknown>)[] = [];
    try {
      for (const name of ['admin/rails', 'admin/db', 'home'])
        mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
      symlinkSync(join(ROOT, 'scripts'), join(home, 'admin/rails/scripts'));
      const regions = REGIONS.slice(0, machines);
      const own = makeOwnedSample(regions, sample);
      writeFileSync(join(home, 'admin/db/index.sqlite3'), own.index);
      const plain = {
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        HOME: join(home, 'home'),
        UPDATE_CONFIG_CACHE_DIR: compiledOr(join(home, 'cache')),
        ...store,
      };
      const sim = await startFleet(home, { ...options, regions }, plain);
      undo.push(() => endProgram(sim));
      const variables = variablesOf(sim.said);
      const standIn = await StandIn.start({ root: BASE, pages: variables['FLY_API_HOSTNAME'] ?? '', port });
      undo.push(() => standIn.close());
      const { userid, password } = own.administrator;
      const all = {
        ...plain,
        ...variables,
        APP_ROOT: join(home, 'admin/rails'),
        RAILS_DB_VOLUME: join(home, 'admin/db'),
        WEB_LISTEN: '127.0.0.1:0',
        PUBLIC_URL_FLY: standIn.url,
        // Else every event would answer 401, whether it is there or not.
        FLEET_USER: `${userid}:${password}`,
        ...env,
      };
      return new WebRig(home, own, standIn, sim, all);
    } catch (error) {
      for (const one of undo.reverse()) await one();
      rmSync(home, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    home: string,
    sample: OwnedSample,
    standIn: StandIn,
    sim: Running,
    env: NodeJS.ProcessEnv,
  ) {
    this.home = home;
    this.sample = sample;
    this.standIn = standIn;
    this.env = env;
    this.#sim = sim;
    this.machines = sim.said.flatMap((line) => {
      const [, id = '', region = ''] = /^ {2}([0-9a-f]{14}) {2}(\w+) /.exec(line) ?? [];
      return id === '' ? [] : [{ id, region }];
    });
  }

  /** Address of the played machines, without a path. */
  get simUrl(): string {
    return this.env['FLY_API_HOSTNAME'] ?? '';
  }

  get indexPath(): string {
    return join(this.home, 'admin/db/index.sqlite3');
  }

  get stateDir(): string {
    return join(this.home, 'admin/db/.showcase-web');
  }

  /** Of one machine that is played. */
  machineIndex({ id }: Machine): string {
    return join(this.home, 'fleet', id, 'db/index.sqlite3');
  }

  get server(): Running {
    if (!this.#server) throw new Error('no server runs');
    return this.#server;
  }

  /** Where the server itself listens, its base path included. */
  get serverUrl(): string {
    return /^Listening on (\S+)\/$/.exec(this.server.said.at(-1) ?? '')?.[1] ?? '';
  }

  /** Starts the built server, behind the stand-in. @param through what it is run through, if anything */
  async startServer(env: NodeJS.ProcessEnv = {}, through: readonly string[] = []): Promise<void> {
    const command = [...through, join(ROOT, 'scripts/showcase-web'), '--with-parent'];
    this.#server = await startProgram(command, { ...this.env, ...env }, (line) =>
      line.startsWith('Listening on '),
    );
    this.standIn.aim(this.serverUrl);
  }

  async endServer(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    const exit = await endProgram(this.server, signal);
    this.#server = null;
    return exit;
  }

  /** Publishes the index, and has every machine updated, as by hand; gives what was said. */
  configUpdate(...args: readonly string[]): Promise<string> {
    return runProgram([join(ROOT, 'scripts/config-update'), ...args], this.env);
  }

  /** Gives every machine its pages, as the ready hook does in the background. */
  async renderPages(): Promise<void> {
    const machines = this.machines.map(({ id, region }) => ({
      ...this.env,
      SHOWCASE_WEB: this.standIn.url,
      APP_ROOT: join(this.home, 'fleet', id, 'rails'),
      RAILS_DB_VOLUME: join(this.home, 'fleet', id, 'db'),
      FLY_APP_NAME: 'smooth',
      FLY_REGION: region,
      FLY_MACHINE_ID: id,
    }));
    await renderPages(machines);
  }

  /** From now on the server starts this shell script for every run, in place of config-update. */
  playConfigUpdate(script: string): void {
    const scripts = join(this.home, 'admin/rails/scripts');
    rmSync(scripts);
    mkdirSync(scripts);
    writeFileSync(join(scripts, 'config-update'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** As fleet-sim's `--faults` has them, from now on. */
  async setFaults(list: string): Promise<void> {
    const { ok } = await fetch(`${this.simUrl}/_sim/faults`, { method: 'PUT', body: list });
    if (!ok) throw new Error('fleet-sim did not take the faults');
  }

  /** Somebody who comes through the stand-in, or to another address of the site. */
  visitor(account: Account | null, site = this.standIn.url): Visitor {
    return new Visitor(site, account);
  }

  /** Ends everything, and leaves nothing behind. */
  async close(): Promise<void> {
    if (this.#server) await endProgram(this.#server);
    await this.standIn.close();
    await endProgram(this.#sim);
    rmSync(this.home, { recursive: true, force: true });
  }
}

function startFleet(
  home: string,
  { machines, playedMs, regions }: RigOptions & { readonly regions: readonly string[] },
  env: NodeJS.ProcessEnv,
): Promise<Running> {
  const kind =
    playedMs === undefined
      ? ['--cgi', join(ROOT, 'cgi-bin/update_config'), '--home', join(home, 'fleet')]
      : ['--delay', String(playedMs)];
  const command = [
    join(ROOT, 'scripts/fleet-sim'),
    ...['--quiet', '--machines', String(machines), '--regions', regions.join()],
    ...kind,
  ];
  return startProgram(command, env, (line) => line.startsWith('Ready.'));
}

function variablesOf(said: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    said.flatMap((line) => {
      const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}
