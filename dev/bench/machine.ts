import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseKey, INDEX_NAME } from '../../src/bucket/object-names.ts';
import type { Outcome, RunResult } from '../../src/report/results.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import {
  type Counts,
  countVariables,
  end,
  machineVariables,
  makeHome,
  putDatabase,
  readCounts,
  runTimed,
  startStore,
  storeClient,
  storeVariables,
} from './process.ts';

/** More than a database in which nothing has ever been made could have. */
const DATABASE_BYTES = 100 * 1024;

/** One whole process. */
export interface Measured {
  /** Milliseconds from before it was started until it was gone. */
  readonly ms: number;
  /** Only where they were asked for. */
  readonly counts: Counts | null;
}

interface RunOptions {
  /** Also take the kernel's counts, by a hook in the process; its time is then not worth looking at. */
  readonly count?: boolean;
  /** `off`, or a directory that is used instead of the bench's own. */
  readonly codeCache?: string;
}

/**
 * What a machine has in production: the two files of update_config in a directory of their own, an app root, a db dir;
 * and an object store in a process of its own.
 */
export class BenchMachine {
  readonly #home: string;
  readonly #server: ChildProcess;
  readonly #endpoint: string;
  readonly #client: ObjectStore;
  #published = 0;

  static async start(): Promise<BenchMachine> {
    const home = makeHome(['rails', 'db', 'store', 'cache'], ['cgi-bin/update_config']);
    const { server, endpoint } = await startStore(join(home, 'store'));
    return new BenchMachine(home, server, endpoint);
  }

  private constructor(home: string, server: ChildProcess, endpoint: string) {
    this.#home = home;
    this.#server = server;
    this.#endpoint = endpoint;
    this.#client = storeClient(endpoint);
  }

  async stop(): Promise<void> {
    await end(this.#server);
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Puts an index into the store, later than any before it. */
  async publish(index: Buffer): Promise<void> {
    const at = new Date(Date.now() + ++this.#published * 1000);
    await putDatabase(this.#client, databaseKey(INDEX_NAME), index, at);
  }

  /** Makes it a machine on which nothing was installed yet. */
  empty(): void {
    for (const name of ['rails', 'db']) {
      rmSync(join(this.#home, name), { recursive: true });
      mkdirSync(join(this.#home, name));
    }
  }

  /**
   * Lays a file in the place of each event's database that is not there, as a machine has them that has run for a while. An
   * update looks whether they are there, and never into one.
   */
  layDatabases(): void {
    const list = readFileSync(join(this.#home, 'rails/tmp/tenants.list'), 'utf8').trimEnd().split('\n');
    const missing = list.filter((path) => path.startsWith(join(this.#home, 'db/')) && !existsSync(path));
    for (const path of missing) writeFileSync(path, Buffer.alloc(DATABASE_BYTES));
  }

  /** `node -e 0`: what every process pays. */
  bare(options: RunOptions = {}): Promise<Measured> {
    return this.#measure(process.execPath, ['-e', '0'], options, () => {});
  }

  /** One `POST update_config`, as Navigator runs it. Any other outcome than the expected one is an error. */
  update(expected: Outcome, options: RunOptions = {}): Promise<Measured> {
    return this.#measure(join(this.#home, 'bin/update_config'), [], options, (output) => {
      const result = JSON.parse(/^RESULT (.*)$/m.exec(output)?.[1] ?? '{}') as Partial<RunResult>;
      if (result.outcome !== expected) throw new Error(`expected ${expected}, got:\n${output}`);
    });
  }

  async #measure(
    program: string,
    args: readonly string[],
    options: RunOptions,
    examine: (output: string) => void,
  ): Promise<Measured> {
    const file = join(this.#home, 'counts.json');
    const env = { ...this.#environment(options), ...(options.count ? countVariables(file) : {}) };
    const { ms, output } = await runTimed(program, args, env, { quiet: true });
    examine(output);
    return { ms, counts: options.count ? readCounts(file) : null };
  }

  #environment({ codeCache }: RunOptions): NodeJS.ProcessEnv {
    return {
      ...machineVariables(this.#home),
      ...storeVariables(this.#endpoint),
      ...(codeCache === undefined ? {} : { UPDATE_CONFIG_CACHE_DIR: codeCache }),
      GATEWAY_INTERFACE: 'CGI/1.1',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REQUEST_METHOD: 'POST',
      QUERY_STRING: '',
      CONTENT_LENGTH: '0',
    };
  }
}
