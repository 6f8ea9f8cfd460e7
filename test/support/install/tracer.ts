import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Makes one file of the driver, which starts three times as fast under strace as its many modules do. */
export function buildDriver(outfile: string): void {
  const library = createRequire(import.meta.url).resolve('better-sqlite3');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'driver.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { 'better-sqlite3': library },
    external: [library],
    define: { __BUNDLED__: 'false' },
  });
}

/**
 * What changes something, or decides which file is meant. A kill at a read, a lock or a close leaves on disk what one at the
 * next of these leaves: SIGKILL takes back nothing that was written, and the kernel lets locks go.
 */
const CALLS = [
  ...[
    'pwrite64',
    'write',
    'fsync',
    'fdatasync',
    'rename',
    'renameat2',
    'unlink',
    'rmdir',
    'mkdir',
    'ftruncate',
  ],
  ...['fchmod', 'chmod', 'fchown', 'chown', 'lchown', 'utimensat', 'openat'],
];

/** The n-th call of this name by the main thread. */
export interface KillPoint {
  readonly call: string;
  readonly number: number;
}

/** Runs a program of Node's under strace with these options. */
async function trace(options: readonly string[], args: readonly string[]): Promise<NodeJS.Signals | number> {
  // Without a cache of compiled code, which would add calls of its own.
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const child = spawn('strace', ['-f', '-qq', ...options, process.execPath, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ?? code ?? -1;
}

/**
 * `args` are here and below the driver's path and arguments.
 *
 * @returns all points between the begin and the end of the driver's work, in the order in which they come
 */
export async function killPoints(log: string, args: readonly string[]): Promise<KillPoint[]> {
  const status = await trace(['-o', log, '-e', `trace=access,${CALLS.join()}`], args);
  if (status !== 0) throw new Error(`strace ended with ${status}: is ptrace allowed here?`);
  const lines = readFileSync(log, 'latin1').split('\n');
  const begin = lines.findIndex((line) => line.includes('/the-work-begins-here'));
  const main = lines[begin]?.split(/\s/)[0];
  const counts = new Map<string, number>();
  const points: KillPoint[] = [];
  for (const [at, line] of lines.entries()) {
    const [, thread, call] = /^(\d+)\s+(\w+)\(/.exec(line) ?? [];
    if (call === undefined || thread !== main) continue;
    const number = (counts.get(call) ?? 0) + 1;
    counts.set(call, number);
    if (at > begin && call !== 'access') points.push({ call, number });
  }
  return points;
}

/** Runs the driver and kills it as it enters that call. True unless it ended before. */
export async function runKilled({ call, number }: KillPoint, args: readonly string[]): Promise<boolean> {
  const inject = `inject=${call}:signal=KILL:when=${number}`;
  const status = await trace(['-o', '/dev/null', '-e', `trace=${call}`, '-e', inject], args);
  if (status !== 'SIGKILL' && status !== 0) throw new Error(`${inject}: the driver ended with ${status}`);
  return status === 'SIGKILL';
}

/** About `count` of the points, of every call some: the rare ones all, the frequent ones evenly spread. */
export function spread(points: readonly KillPoint[], count: number): KillPoint[] {
  const calls = [...new Set(points.map(({ call }) => call))];
  const chosen = new Set<KillPoint>();
  for (let share = 1; chosen.size < Math.min(count, points.length); share++) {
    for (const call of calls) {
      const own = points.filter((point) => point.call === call);
      const wanted = Math.min(share, own.length);
      for (let n = 0; n < wanted; n++)
        chosen.add(own[Math.floor(((n + 0.5) * own.length) / wanted)] as KillPoint);
    }
  }
  return points.filter((point) => chosen.has(point));
}
