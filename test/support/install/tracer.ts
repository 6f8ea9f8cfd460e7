import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildSync } from 'esbuild';
import { stopAfter } from '../system/stops.ts';

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
  readonly name: string;
  readonly nth: number;
}

/** Runs a program of Node's under strace, `['strace', ...]`; resolves when it has ended. */
function trace(through: readonly string[], args: readonly string[]) {
  // Without a cache of compiled code, which would add calls of its own.
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const [strace = '', ...options] = through;
  const child = spawn(strace, [...options, process.execPath, ...args], { env });
  const answered = Promise.all([text(child.stderr), once(child, 'close')]).then(([stderr, [exitCode]]) => ({
    exitCode: exitCode as number | null,
    stderr,
  }));
  return { pid: child.pid ?? 0, answered };
}

function expectDone({ exitCode, stderr }: Awaited<ReturnType<typeof trace>['answered']>): void {
  if (exitCode !== 0) throw new Error(`strace ended with ${exitCode}: is ptrace allowed here? ${stderr}`);
}

/**
 * `args` are here and below the driver's path and arguments.
 *
 * @returns all points between the begin and the end of the driver's work, in the order in which they come
 */
export async function killPoints(log: string, args: readonly string[]): Promise<KillPoint[]> {
  expectDone(await trace(['strace', '-qq', '-o', log, '-e', `trace=access,${CALLS.join()}`], args).answered);
  const lines = readFileSync(log, 'latin1').split('\n');
  const begin = lines.findIndex((line) => line.includes('/the-work-begins-here'));
  const counts = new Map<string, number>();
  const points: KillPoint[] = [];
  for (const [at, line] of lines.entries()) {
    const [, name] = /^(\w+)\(/.exec(line) ?? [];
    if (name === undefined) continue;
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    if (at > begin && name !== 'access') points.push({ name, nth });
  }
  return points;
}

/** Runs the driver once, and stops it after each of the points, as a kill there would leave things. */
export async function stopAtEach(
  points: readonly KillPoint[],
  args: readonly string[],
  stopped: () => void,
): Promise<void> {
  expectDone(await stopAfter(points, (through) => trace(through, args), stopped));
}

/** About `count` of the points, of every call some: the rare ones all, the frequent ones evenly spread. */
export function spread(points: readonly KillPoint[], count: number): KillPoint[] {
  const calls = [...new Set(points.map(({ name }) => name))];
  const chosen = new Set<KillPoint>();
  for (let share = 1; chosen.size < Math.min(count, points.length); share++) {
    for (const call of calls) {
      const own = points.filter((point) => point.name === call);
      const wanted = Math.min(share, own.length);
      for (let n = 0; n < wanted; n++)
        chosen.add(own[Math.floor(((n + 0.5) * own.length) / wanted)] as KillPoint);
    }
  }
  return points.filter((point) => chosen.has(point));
}
