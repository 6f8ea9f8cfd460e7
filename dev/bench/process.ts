import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';

const STORE = resolve(import.meta.dirname, '../store/main.ts');
const COUNTS = resolve(import.meta.dirname, 'counts.cjs');

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

/** Has a process write its counts into a file when it ends. */
export function countVariables(file: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require=${COUNTS}`, BENCH_COUNTS_FILE: file };
}

export function readCounts(file: string): Counts {
  const { maxRSS, cpu } = JSON.parse(readFileSync(file, 'utf8')) as { maxRSS: number; cpu: number };
  return { peakMiB: maxRSS / 1024, cpuMs: cpu / 1000 };
}
