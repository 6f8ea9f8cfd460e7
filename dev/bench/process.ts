import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { renderTime } from '../../src/bucket/object-names.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { createStore } from '../../src/store/store.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const STORE = resolve(import.meta.dirname, '../store/main.ts');
const COUNTS = resolve(import.meta.dirname, 'counts.cjs');

/** What every store of the bench knows its callers by. */
const KEYS = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' };
const BUCKET = 'showcase';

/** So that the first line of an executable finds the Node that bare Node is measured with. */
export const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);

/** What the kernel has counted for a process. */
export interface Counts {
  readonly peakMiB: number;
  readonly cpuMs: number;
  /** Connections that it made, and the most that it had at the same time. */
  readonly opened: number;
  readonly mostOpen: number;
}

/** An object store in a process of its own; its data are in `dir`. */
export async function startStore(dir: string): Promise<{ server: ChildProcess; endpoint: string }> {
  const server = spawn(process.execPath, [STORE, dir], {
    env: {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      BUCKET_NAME: BUCKET,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  return { server, endpoint: String(line).trim() };
}

/** The bench's own way to it. */
export function storeClient(endpoint: string): ObjectStore {
  return createStore({ ...KEYS, endpoint, region: 'auto', bucket: BUCKET, timeoutMs: 60_000 });
}

/** Puts a database there, whatever stands there, as last changed at that time. */
export async function putDatabase(store: ObjectStore, key: string, bytes: Buffer, time: Date): Promise<void> {
  await store.put(key, bytes, {
    condition: { replaces: 'anything' },
    metadata: { 'last-modified': renderTime(time) },
    contentType: 'application/vnd.sqlite3',
  });
}

/**
 * A temporary directory with these below it, and in `bin` copies of these executables and of their addon.
 *
 * @param executables paths below the project's root, such as `scripts/ready`
 */
export function makeHome(directories: readonly string[], executables: readonly string[]): string {
  const home = mkdtempSync(join(tmpdir(), 'showcase-bench-'));
  for (const name of ['bin', ...directories]) mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  const addons = executables.map((path) => join(dirname(path), 'better_sqlite3.node'));
  for (const path of [...executables, ...new Set(addons)]) {
    copyFileSync(join(ROOT, path), join(home, 'bin', basename(path)));
  }
  return home;
}

/** The variables that point an executable at it. */
export function storeVariables(endpoint: string): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
    BUCKET_NAME: BUCKET,
  };
}

/** The variables of a Fly machine whose `rails`, `db` and `cache` stand in `home`. */
export function machineVariables(home: string): NodeJS.ProcessEnv {
  return {
    PATH,
    UPDATE_CONFIG_CACHE_DIR: join(home, 'cache'),
    APP_ROOT: join(home, 'rails'),
    RAILS_DB_VOLUME: join(home, 'db'),
    FLY_APP_NAME: 'smooth',
    FLY_REGION: 'iad',
    FLY_MACHINE_ID: 'bench',
  };
}

/** One whole process: milliseconds from before it is started until it is gone. */
export async function runTimed(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { quiet = false } = {},
): Promise<{ ms: number; output: string; code: number | null }> {
  const began = performance.now();
  const child = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { ms: performance.now() - began, output, code: code as number | null };
}

/** Ends a process that was started here, and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close');
  child.kill();
  await gone;
}

/** Has a process write its counts into a file when it ends. */
export function countVariables(file: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require=${COUNTS}`, BENCH_COUNTS_FILE: file };
}

export function readCounts(file: string): Counts {
  const { peak, cpu, opened, mostOpen } = JSON.parse(readFileSync(file, 'utf8')) as {
    peak: number;
    cpu: number;
    opened: number;
    mostOpen: number;
  };
  return { peakMiB: peak / 1024, cpuMs: cpu / 1000, opened, mostOpen };
}
