import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { databaseFile, databaseKey } from '../../src/bucket/object-names.ts';
import { openDatabase } from '../../src/database/sqlite.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { buildDatabase, type PlainRow } from '../sample/schema.ts';
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

/** Events of the machine. */
export const TENANTS = 400;

/** As many as the application in production has. */
const MIGRATIONS = Array.from({ length: 117 }, (_, at) => String(20220101000000 + at));
/** Rows that make a database of some 200 KiB, as a small event has. */
const ROWS = 2000;

/** One run of a hook, and how many databases it has to download, or to upload; any other number is an error. */
export interface HookRun {
  readonly hook: 'ready' | 'idle';
  readonly databases: number;
}

interface Parts {
  readonly home: string;
  readonly server: ChildProcess;
  readonly endpoint: string;
  /** How many events it serves. */
  readonly tenants: number;
}

/** A machine that serves so many events, with its hooks, an application with migrations, and a store. */
export class TenantMachine {
  readonly #home: string;
  readonly #server: ChildProcess;
  readonly #proxy: Server;
  readonly #endpoint: string;
  readonly #client: ObjectStore;
  readonly #names: readonly string[];
  /** Yesterday: what is uploaded was changed before it is uploaded. */
  readonly #began = Date.now() - 24 * 3_600_000;
  #requests: string[] = [];
  #uploads = 0;
  #changes = 0;

  static async start(tenants = TENANTS): Promise<TenantMachine> {
    const home = makeHome(['rails/db/migrate', 'db', 'store', 'cache'], ['scripts/ready', 'scripts/idle']);
    for (const version of MIGRATIONS) writeFileSync(join(home, `rails/db/migrate/${version}_change.rb`), '');
    const { server, endpoint } = await startStore(join(home, 'store'));
    return new TenantMachine({ home, server, endpoint, tenants });
  }

  private constructor({ home, server, endpoint, tenants }: Parts) {
    this.#home = home;
    this.#server = server;
    this.#endpoint = endpoint;
    this.#names = Array.from({ length: tenants }, (_, at) => `2026-studio${at}`);
    this.#client = storeClient(endpoint);
    this.#proxy = countingProxy(endpoint, (line) => this.#requests.push(line));
    writeFileSync(join(home, 'index'), indexOf(this.#names));
    this.empty();
  }

  async stop(): Promise<void> {
    this.#proxy.close();
    await end(this.#server);
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Makes it a machine that has only the index. */
  empty(): void {
    rmSync(join(this.#home, 'db'), { recursive: true });
    mkdirSync(join(this.#home, 'db'));
    copyFileSync(join(this.#home, 'index'), join(this.#home, 'db/index.sqlite3'));
  }

  /** Uploads the first so many databases, each time another version, later than the one before. */
  async upload(count: number): Promise<void> {
    this.#uploads += 1;
    const bytes = databaseOf(this.#uploads);
    const time = new Date(this.#began + this.#uploads * 1000);
    for (const name of this.#names.slice(0, count)) {
      await putDatabase(this.#client, databaseKey(name), bytes, time);
    }
  }

  /** Writes to the first so many databases of this machine, as their events would. */
  change(count: number): void {
    this.#changes += 1;
    for (const name of this.#names.slice(0, count)) {
      const db = openDatabase(join(this.#home, 'db', databaseFile(name)));
      db.prepare('INSERT INTO heats (text) VALUES (?)').run(`change ${this.#changes}`);
      db.close();
    }
  }

  /** `node -e 0`. Milliseconds. */
  async bare(): Promise<number> {
    return (await runTimed(process.execPath, ['-e', '0'], {})).ms;
  }

  /** One whole process. Milliseconds. */
  async time(run: HookRun): Promise<number> {
    return await this.#run(run, this.#endpoint, {});
  }

  /** The same, not timed, with the kernel's figures. */
  async counts(run: HookRun): Promise<Counts> {
    const file = join(this.#home, 'counts.json');
    await this.#run(run, this.#endpoint, countVariables(file));
    return readCounts(file);
  }

  /** The same, not timed: what the store is asked, such as `LIST`. */
  async requests(run: HookRun): Promise<readonly string[]> {
    this.#requests = [];
    if (!this.#proxy.listening) {
      this.#proxy.listen(0, '127.0.0.1');
      await once(this.#proxy, 'listening');
    }
    const { port } = this.#proxy.address() as AddressInfo;
    await this.#run(run, `http://127.0.0.1:${port}`, {});
    return this.#requests;
  }

  async #run({ hook, databases }: HookRun, endpoint: string, more: NodeJS.ProcessEnv): Promise<number> {
    const env = { ...machineVariables(this.#home), ...storeVariables(endpoint), ...more };
    const args = hook === 'ready' ? ['--only', 'tenants'] : [];
    const { ms, output } = await runTimed(join(this.#home, 'bin', hook), args, env);
    const summary = /Summary: (.*)/.exec(output)?.[1] ?? '';
    const done = Number(/(\d+) (?:tenants? down|up)loaded/.exec(summary)?.[1] ?? 0);
    if (!summary.startsWith('done') || done !== databases) throw new Error(`${hook}: ${output}`);
    return ms;
  }
}

function indexOf(names: readonly string[]): Buffer {
  const locations: PlainRow[] = names.map((name, at) => ({ id: at + 1, key: name.slice(5), name }));
  const event = { year: 2026, key: 'showcase', name: 'Showcase' };
  return buildDatabase({
    users: [{ userid: 'ada', password: `ada:$2y$05$${'a'.repeat(53)}`, sites: 'index' }],
    regions: [{ type: 'fly', code: 'iad', location: 'Ashburn', latitude: 39, longitude: -77 }],
    locations,
    showcases: locations.map(({ id = null }) => ({ ...event, location_id: id })),
  });
}

function databaseOf(version: number): Buffer {
  const db = openDatabase(':memory:');
  try {
    db.exec('CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)');
    db.exec('CREATE TABLE heats (id INTEGER PRIMARY KEY, text TEXT)');
    const migration = db.prepare('INSERT INTO schema_migrations VALUES (?)');
    for (const each of MIGRATIONS) migration.run(each);
    const heat = db.prepare('INSERT INTO heats (text) VALUES (?)');
    for (let row = 0; row < ROWS; row++) heat.run(`${version}:${row}`.padEnd(80, 'x'));
    return db.serialize();
  } finally {
    db.close();
  }
}

/** Hands every request on, and tells of it. */
function countingProxy(target: string, tell: (line: string) => void): Server {
  const { hostname, port } = new URL(target);
  return createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    tell(url.includes('list-type=2') ? 'LIST' : method);
    const onward = httpRequest({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
}
