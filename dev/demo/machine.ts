/** The machine of the demo: its directories, Navigator, and what can be asked of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { countEvents, entriesOf, type Index } from '../../src/index/index-model.ts';
import { readValidIndex } from '../../src/index/read-index.ts';
import { databaseOf, scopeOf, servesHere } from '../../src/index/tenant-names.ts';
import type { RunResult } from '../../src/report/results.ts';
import { PlayedMachine } from '../navigator/played-machine.ts';
import type { Account } from '../sample/owners.ts';
import { SAMPLE_ADMINISTRATOR } from '../sample/sample.ts';
import { DemoBucket } from './bucket.ts';
import { type Directories, makeDirectories, ROOT } from './place.ts';
import type { Question } from './visitors.ts';

const REGION = 'iad';
const BASE = '/showcase';

/** What a program said, and how long the whole of it took. */
interface Said {
  readonly said: string;
  readonly ms: number;
}

interface Updated extends Said {
  /** Of the answer. */
  readonly status: number;
  readonly result: RunResult;
}

export class DemoMachine {
  readonly bucket: DemoBucket;
  readonly #navigator: PlayedMachine;
  readonly #directories: Directories;
  readonly #env: Readonly<Record<string, string>>;

  /** A machine with nothing on it, and a store with nothing in it. @param env what its programs are given */
  static async start(parent: string, env: Readonly<Record<string, string>>): Promise<DemoMachine> {
    const bucket = await DemoBucket.start(parent);
    const directories = makeDirectories(parent);
    const own = {
      ...env,
      APP_ROOT: directories.appRoot,
      RAILS_DB_VOLUME: directories.dbDir,
      FLY_APP_NAME: 'smooth',
      FLY_REGION: REGION,
      FLY_MACHINE_ID: 'demo',
    };
    const { appRoot } = directories;
    const all = { ...own, ...bucket.variables };
    const navigator = await PlayedMachine.start({ appRoot, env: all, region: REGION, id: 'demo' });
    return new DemoMachine(bucket, navigator, directories, own);
  }

  private constructor(
    bucket: DemoBucket,
    navigator: PlayedMachine,
    directories: Directories,
    env: Readonly<Record<string, string>>,
  ) {
    this.bucket = bucket;
    this.#navigator = navigator;
    this.#directories = directories;
    this.#env = env;
  }

  /** What makes a shell this machine; its store is gone with the demo, and it then goes by its own index. */
  get variablesByHand(): Readonly<Record<string, string>> {
    const { PATH: _, HOME: __, ...env } = this.#env;
    return env;
  }

  get origin(): string {
    return this.#navigator.origin;
  }

  /** Requests that each configuration has answered, in the order in which they were loaded. */
  get answered(): readonly number[] {
    return this.#navigator.answered;
  }

  /** What the machine has installed. */
  get index(): Index {
    return readValidIndex(readFileSync(join(this.#directories.dbDir, 'index.sqlite3'))).index;
  }

  /** Asks for an update, as config-update does. */
  async update(): Promise<Updated> {
    const began = performance.now();
    const answer = await fetch(`${this.origin}${BASE}/update_config`, { method: 'POST' });
    const said = await answer.text();
    const ms = performance.now() - began;
    const result = JSON.parse(/^RESULT (.*)$/m.exec(said)?.[1] ?? 'null') as RunResult | null;
    if (!answer.ok || !result)
      throw new Error(`POST update_config was answered with ${answer.status}: ${said}`);
    return { status: answer.status, said, ms, result };
  }

  /** What an update would change, by hand. */
  async dryRun(): Promise<Said & { readonly result: RunResult }> {
    const { said, ms } = await this.#run('cgi-bin/update_config', ['--dry-run', '--json']);
    return { said, ms, result: JSON.parse(said) as RunResult };
  }

  /** Waits for the ready hook that Navigator started after its last load. */
  async readyHook(): Promise<Said> {
    const { output, exitCode, ms } = await this.#navigator.hook();
    if (exitCode !== 0) throw new Error(`the ready hook ended with ${exitCode}: ${output}`);
    return { said: output, ms };
  }

  /** Status of the answer to somebody who asks for an address. */
  async ask(path: string, { userid, password }: Account): Promise<number> {
    const authorization = `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`;
    const { status } = await fetch(`${this.origin}${path}`, { headers: { authorization } });
    return status;
  }

  async close(): Promise<void> {
    await this.#navigator.close();
    await this.bucket.close();
  }

  async #run(executable: string, args: readonly string[]): Promise<Said> {
    const began = performance.now();
    const child = spawn(join(ROOT, executable), args, {
      env: { ...this.#env, ...this.bucket.variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [said, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    if (code !== 0) throw new Error(`${executable} ended with ${code}: ${said}${errors}`);
    return { said, ms: performance.now() - began };
  }
}

/** Databases of the events that a machine of this region serves. */
export function databasesOf(index: Index): string[] {
  return [...entriesOf(index)]
    .filter((entry) => servesHere(entry, REGION))
    .flatMap((entry) => entry.events.map((event) => databaseOf(entry, event)));
}

/** What is said of an index on this machine. */
export function describeIndex(index: Index): { readonly read: string; readonly served: string } {
  const { studios, users, regions } = index;
  const all = countEvents(entriesOf(index));
  const here = databasesOf(index).length;
  return {
    read: `${studios.length} studios, ${all} events and ${users.length} users`,
    served: `${here} events are served here, ${all - here} are sent on to the machines of ${regions.length - 1} other regions`,
  };
}

/**
 * What visitors ask for: pages that everybody sees, events with a login and without one, and one of another region. The
 * right answer is the same before the change of the sample index and after it.
 */
export function questionsAbout(index: Index): Question[] {
  const stays = [...entriesOf(index)].filter(({ studio }) => studio.key !== 'boston');
  const addresses = (isHere: boolean) =>
    stays
      .filter((entry) => servesHere(entry, REGION) === isHere)
      .flatMap((entry) =>
        entry.events.map((event) => ({
          path: `${BASE}/${scopeOf(entry, event)}/`,
          database: databaseOf(entry, event),
        })),
      );
  const [one, two] = addresses(true);
  const [elsewhere] = addresses(false);
  if (!one || !two || !elsewhere) throw new Error('the index has too few events');
  const ada = SAMPLE_ADMINISTRATOR;
  return [
    { path: `${BASE}/studios/`, status: 200, holds: '</html>' },
    { path: one.path, login: ada, status: 200, holds: one.database },
    { path: `${BASE}/regions/`, status: 200, holds: '</html>' },
    { path: two.path, login: ada, status: 200, holds: two.database },
    { path: two.path, status: 401, holds: '' },
    { path: `${BASE}/studios/boston/`, status: 200, holds: '</html>' },
    { path: elsewhere.path, login: ada, status: 307, holds: '' },
  ];
}
