import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openDatabase } from '../../../src/database/sqlite.ts';
import {
  type Answered,
  type CgiAnswered,
  Machine,
  parseAnswer,
  postVariables,
  ROOT,
} from '../machine/machine.ts';
import { type Published, startPublished } from '../machine/published.ts';
import { indexWith } from './indexes.ts';
import { requireOrderly } from './orderly.ts';
import { PrivateRoot } from './private-root.ts';
import { OWN_SECRETS, TOKEN } from './secrets.ts';

/** User and group of the application; the machine knows no account of that number. */
export const APPLICATION = 4242;

/** Another build to try the attacks on: on one from before the rights were dropped, they succeed. */
const BUILD = process.env['RIGHTS_BUILD'] || ROOT;

export const PROGRAMS = {
  update_config: 'cgi-bin/update_config',
  start: 'scripts/start',
  ready: 'scripts/ready',
  resume: 'scripts/resume',
  idle: 'scripts/idle',
  'tenant-stop': 'scripts/tenant-stop',
  'sync-databases': 'scripts/sync-databases',
  'maintenance-config': 'scripts/maintenance-config',
  'config-update': 'scripts/config-update',
} as const;

export type Program = keyof typeof PROGRAMS;

/** Milliseconds after which what still runs is taken for hanging. */
const HANGS_MS = 90_000;

/** Bytes that each of our processes may allocate; they need a quarter of it. */
const MEMORY = 2 ** 30;

/** Root has its own group among its groups, as after a login. */
const AS_ROOT = ['setpriv', '--groups', '0', '--', 'prlimit'];

export interface Run {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly onSpawn?: (pid: number) => void;
  /** By itself, as a program that is blocked is. */
  readonly mayBeEnded?: boolean;
}

/**
 * A machine as in production: `rails` is root's, but for four directories in it, and all of `data` is the
 * application's. Its store holds the first index.
 */
export class SharedMachine extends Machine {
  readonly data = join(this.home, 'data');
  readonly logDir = join(this.data, 'log');
  readonly tmp = join(this.appRoot, 'tmp');
  readonly state = join(this.home, 'state');
  readonly run_ = join(this.home, 'run');
  readonly stateDir = join(this.dbDir, '.update_config');
  /** What ends with the machine, and what ends with a test already. */
  readonly #closing: (() => Promise<void> | void)[] = [];
  readonly #ofTest: (() => Promise<void> | void)[] = [];
  #root: PrivateRoot | null = null;
  #published: Published | null = null;

  private constructor() {
    super();
    if (process.getuid?.() !== 0) throw new Error('run these tests as root: they need two users');
    chmodSync(this.home, 0o755);
    for (const name of ['rails/config', 'rails/public', 'rails/bin', 'state', 'run']) this.make(name);
    for (const name of ['rails/tmp', 'rails/log', 'rails/storage', 'rails/db']) this.make(name, APPLICATION);
    for (const name of ['data', 'data/db', 'data/log', 'data/storage']) this.make(name, APPLICATION);
  }

  static async open(env: Record<string, string | null> = {}): Promise<SharedMachine> {
    const machine = new SharedMachine();
    const published = await startPublished();
    machine.#published = published;
    machine.#closing.push(() => published.close());
    const all = { ...machine.env, ...published.env, ...machine.#environment(), ...env };
    const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    machine.env = Object.fromEntries(set);
    await machine.publish(indexWith('eve'), new Date('2026-01-02T03:04:05Z'));
    return machine;
  }

  #environment(): Record<string, string> {
    return {
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
      FLY_MACHINE_ID: 'd8912',
      RAILS_STORAGE: join(this.data, 'storage'),
      RAILS_LOG_VOLUME: this.logDir,
      APP_USER: `${APPLICATION}:${APPLICATION}`,
      UPDATE_CONFIG_STATE_DIR: this.state,
      UPDATE_CONFIG_RUN_DIR: this.run_,
      UPDATE_CONFIG_TOKEN: TOKEN,
      START_DEADLINE: '60',
      ...OWN_SECRETS,
    };
  }

  /** Puts an index into the store. */
  async publish(index: Buffer, at?: Date): Promise<string> {
    return (await this.#published?.publish(index, at)) ?? '';
  }

  /** Puts the database of an event into the store, as another machine does. */
  async upload(name: string, bytes: Buffer, at: Date): Promise<void> {
    await this.#published?.store.put(`db/${name}.sqlite3`, bytes, {
      condition: { replaces: 'anything' },
      metadata: { 'last-modified': at.toISOString() },
      contentType: 'application/vnd.sqlite3',
    });
  }

  keepStore(): () => void {
    return this.#published?.keep() ?? (() => {});
  }

  /** Makes a directory below home; of root's unless told. */
  make(name: string, owner = 0, mode = 0o755): string {
    const path = join(this.home, name);
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    chownSync(path, owner, owner);
    return path;
  }

  /** Writes a file; the application's unless told. */
  write(path: string, content: string | Buffer, owner = APPLICATION, mode = 0o644): string {
    writeFileSync(path, content);
    chmodSync(path, mode);
    chownSync(path, owner, owner);
    return path;
  }

  /** Replaces an empty directory by a link of root's. */
  link(path: string, target: string): void {
    rmdirSync(path);
    symlinkSync(target, path);
  }

  /** The database of an event, with an event in it; the application's. */
  tenant(name: string): string {
    const path = join(this.dbDir, `${name}.sqlite3`);
    if (existsSync(path)) return path;
    const db = openDatabase(path);
    db.exec(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, date TEXT); INSERT INTO events VALUES (1, 'x', '2026-05-01')",
    );
    db.close();
    chownSync(path, APPLICATION, APPLICATION);
    return path;
  }

  /** Runs one of the executables. Whatever it waits for, it is ended at last, and then this throws. */
  async program(name: Program, run: Run = {}): Promise<Answered> {
    const { args = [], env = {}, onSpawn, mayBeEnded = false } = run;
    // Only the start hook makes something outside of what it is told.
    const through = name === 'start' ? (await this.root()).through : [];
    const own = [...AS_ROOT, `--data=${MEMORY}`, join(BUILD, PROGRAMS[name]), ...args];
    const [first = '', ...command] = [...through, ...own];
    const child = spawn(first, command, {
      env: { PATH: process.env['PATH'], ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const group = child.pid ?? 0;
    onSpawn?.(group);
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      process.kill(-group, 'SIGKILL');
    }, HANGS_MS);
    const texts = Promise.all([child.stdout, child.stderr].map((pipe) => buffer(pipe).then(String)));
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    const [stdout = '', stderr = ''] = await texts;
    if (hung) throw new Error(`${name} ${args.join(' ')} hung\n${stdout}${stderr}`);
    const answered = { exitCode, signal, stdout, stderr };
    if (!mayBeEnded) requireOrderly(name, answered);
    return answered;
  }

  /** Sends a request as Navigator does. */
  override async post(query = '', run: Run = {}): Promise<CgiAnswered> {
    const env = { ...postVariables(query), ...run.env };
    return parseAnswer(await this.program('update_config', { ...run, env }));
  }

  /** Sends one that installs everything anew. */
  async force(): Promise<CgiAnswered> {
    return await this.post('force=1', AS_ADMINISTRATOR);
  }

  /** Where the start hook is run. */
  async root(): Promise<PrivateRoot> {
    if (this.#root) return this.#root;
    const root = await PrivateRoot.open(this.make('root'));
    this.#closing.unshift(() => root.close());
    this.#root = root;
    return root;
  }

  onClose(work: () => Promise<void> | void): void {
    this.#ofTest.unshift(work);
  }

  async endWhatTestsBegan(): Promise<void> {
    for (const work of this.#ofTest.splice(0)) await work();
  }

  async close(): Promise<void> {
    await this.endWhatTestsBegan();
    for (const work of this.#closing) await work();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Where the journal and the generations stand. */
  get trusted(): string {
    return join(
      this.state,
      readdirSync(this.state).find((name) => statSync(join(this.state, name)).isDirectory()) ?? 'none',
    );
  }
}

/** What makes a request an administrator's. */
export const AS_ADMINISTRATOR: Run = { env: { HTTP_AUTHORIZATION: `Bearer ${TOKEN}` } };
