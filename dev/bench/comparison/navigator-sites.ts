import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { databaseKey, INDEX_NAME } from '../../../src/bucket/object-names.ts';
import { end, PATH, putDatabase, runTimed, startStore, storeClient, storeVariables } from '../process.ts';
import { naming, type Program } from './programs.ts';
import { freePort, type Site, untilAnswered } from './site.ts';
import { brokenIndex, eventDatabase, firstIndex, indexAfter, probeFile } from './source.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const UPDATE = '/showcase/update_config';
const PROBE = '/showcase/probe.txt';

/**
 * Ours: Navigator runs update_config, which fetches the index from an object store. Both sites of Navigator are a server
 * that is neither Fly's nor Kamal's, whose navigator.yml has no hooks: what follows a reload is not part of the comparison.
 */
export async function startOurs(navigator: Program): Promise<Site> {
  const home = makeHome();
  const executable = join(home, 'rails/cgi-bin/update_config');
  cpSync(join(ROOT, 'cgi-bin'), join(home, 'rails/cgi-bin'), { recursive: true });
  const { server: store, endpoint } = await startStore(join(home, 'store'));
  const client = storeClient(endpoint);
  const port = await freePort();
  const env = {
    ...variables(home, port),
    ...storeVariables(endpoint),
    APP_ROOT: join(home, 'rails'),
    UPDATE_CONFIG_STATE_DIR: join(home, 'state'),
    UPDATE_CONFIG_RUN_DIR: join(home, 'run'),
    UPDATE_CONFIG_CACHE_DIR: join(home, 'cache'),
  };
  const began = Date.now() - 1_000_000_000;
  const put = (index: Buffer, nth: number) =>
    putDatabase(client, databaseKey(INDEX_NAME), index, new Date(began + nth * 1000));

  await put(firstIndex(), 0);
  layDatabases(home, 0);
  await runTimed(executable, [], env, { quiet: true });
  layDatabases(home, 0);
  const running = await startNavigator(navigator, home, env, port);
  return {
    ...running,
    name: `ours, ${naming('Navigator', navigator)}`,
    async change(nth) {
      layDatabases(home, nth);
      await put(indexAfter(nth), nth);
    },
    publish: () => post(running.origin),
    async dryRun() {
      const { code, output } = await runTimed(executable, ['--dry-run'], env, { quiet: true });
      if (code !== 0) throw new Error(`update_config --dry-run ended with ${code}:\n${output}`);
    },
    async publishBroken() {
      await put(brokenIndex(), 1000);
      await post(running.origin);
    },
    async stop() {
      await running.stop();
      await end(store);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The platform's: Navigator runs its script/update_configuration.rb, which takes the index from the request. */
export async function startPlatform(navigator: Program, platform: Program): Promise<Site> {
  const home = makeHome();
  const env = layPlatform(platform, home, await freePort());
  runPlatform(home, env, firstIndex());
  const running = await startNavigator(navigator, home, env, Number(env['NAVIGATOR_PORT']));
  let index = firstIndex();
  return {
    ...running,
    name: `the platform's scripts (${platform.version}), ${naming('Navigator', navigator)}`,
    async change(nth) {
      index = indexAfter(nth);
    },
    publish: () => post(running.origin, index),
    dryRun: null,
    publishBroken: () => post(running.origin, brokenIndex()),
    async stop() {
      await running.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A machine's directories with the platform's scripts below `rails`; returns the variables that they need. */
export function layPlatform(platform: Program, home: string, port: number): NodeJS.ProcessEnv {
  for (const name of ['script', 'lib', 'config', 'app/controllers/concerns']) {
    cpSync(join(platform.path, name), join(home, 'rails', name), { recursive: true });
  }
  // Of the application's gems, the one that is needed here. Its Ruby 3.4 loads `time` by itself, an older one does not.
  writeFileSync(join(home, 'Gemfile'), "gem 'sqlite3'\n");
  return { ...variables(home, port), BUNDLE_GEMFILE: join(home, 'Gemfile'), RUBYOPT: '-rtime' };
}

/** Runs the platform's program as Navigator would, with the index as the request's body. */
export function runPlatform(home: string, env: NodeJS.ProcessEnv, index: Buffer): void {
  const cgi = { REQUEST_METHOD: 'POST', CONTENT_LENGTH: String(index.length) };
  const script = join(home, 'rails/script/update_configuration.rb');
  const { status, stdout } = spawnSync('ruby', [script], { env: { ...env, ...cgi }, input: index });
  if (status !== 0) throw new Error(`update_configuration.rb ended with ${status}:\n${stdout}`);
}

export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'showcase-compared-'));
  for (const name of ['rails/config', 'rails/public/showcase', 'rails/tmp', 'db', 'store', 'home', 'cache']) {
    mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  }
  for (const name of ['probe.txt', 'showcase/probe.txt'])
    writeFileSync(join(home, 'rails/public', name), 'here\n');
  return home;
}

function variables(home: string, port: number): NodeJS.ProcessEnv {
  return {
    PATH,
    HOME: join(home, 'home'),
    RAILS_DB_VOLUME: join(home, 'db'),
    NAVIGATOR_PORT: String(port),
  };
}

type Running = Pick<Site, 'origin' | 'pid' | 'old' | 'added' | 'live' | 'stop'>;

async function startNavigator(
  navigator: Program,
  home: string,
  env: NodeJS.ProcessEnv,
  port: number,
): Promise<Running> {
  const server: ChildProcess = spawn(navigator.path, ['config/navigator.yml'], {
    cwd: join(home, 'rails'),
    env,
    stdio: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  const old = probeFile(PROBE, null);
  await untilAnswered(origin, old);
  const live = ['rails/config/navigator.yml', 'db/htpasswd', 'db/showcases.yml', 'db/index.sqlite3'];
  return {
    origin,
    pid: server.pid ?? 0,
    old,
    added: (nth) => probeFile(PROBE, nth),
    live: () => Buffer.concat(live.map((name) => readFileSync(join(home, name)))),
    stop: () => end(server),
  };
}

/** With an index as the body, or without: then the machine fetches it. */
async function post(origin: string, index?: Buffer): Promise<void> {
  const type = { 'content-type': 'application/vnd.sqlite3' };
  const init = index === undefined ? {} : { body: new Uint8Array(index), headers: type };
  const answer = await fetch(new URL(UPDATE, origin), { method: 'POST', ...init });
  await answer.text();
}

/** A file for each event up to the nth, as on a machine that has run for a while: new databases are another matter. */
function layDatabases(home: string, nth: number): void {
  const list = join(home, 'rails/tmp/tenants.list');
  const paths = nth > 0 ? [join(home, 'db', eventDatabase(nth))] : listed(list);
  for (const path of paths)
    if (!path.endsWith('/index.sqlite3')) writeFileSync(path, Buffer.alloc(100 * 1024));
}

function listed(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}
