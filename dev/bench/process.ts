import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

const STORE = resolve(import.meta.dirname, '../store/main.ts');
const COUNTS = resolve(import.meta.dirname, 'counts.cjs');

/** What every store of the bench knows its callers by. */
export const KEYS = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' };
export const BUCKET = 'showcase';

/** So that the first line of an executable finds the Node that bare Node is measured with. */
export const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);

/** What the kernel has counted for a process. */
export interface Counts {
  readonly peakMiB: number;
  readonly cpuMs: number;
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
  const { maxRSS, cpu } = JSON.parse(readFileSync(file, 'utf8')) as { maxRSS: number; cpu: number };
  return { peakMiB: maxRSS / 1024, cpuMs: cpu / 1000 };
}
