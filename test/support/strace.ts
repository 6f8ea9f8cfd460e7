import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Machine } from './machine.ts';
import { type ProcessOptions, RunProcess } from './run-process.ts';

/** A system call of a run's main thread: the `nth` of its name, from 1. */
export interface Call {
  readonly name: string;
  readonly nth: number;
  /** As strace wrote it down. */
  readonly text: string;
}

/** What changes something on disk, or says something to somebody. */
const CHANGING =
  'write pwrite64 fsync fdatasync rename unlink rmdir mkdir ftruncate fchmod fchown chown lchown utimensat'.split(
    ' ',
  );
/** What looks, begins or ends something. */
const LOOKING = 'execve openat read pread64 connect exit_group'.split(' ');

/** Whether a call changes something on disk below a directory. */
export function changesBelow(home: string, { name, text }: Call): boolean {
  if (!text.includes(home)) return false;
  return name === 'openat' ? text.includes('O_CREAT') : CHANGING.includes(name);
}

/** Runs an executable to its end, and returns the calls of its main thread in their order. */
export async function recordCalls(machine: Machine, options: ProcessOptions): Promise<Call[]> {
  const log = join(machine.home, 'strace.log');
  const traced = [...CHANGING, ...LOOKING].join();
  const through = ['strace', '-y', '-s', '0', '-o', log, '-e', `trace=${traced}`];
  const { exitCode, stderr } = await new RunProcess(machine, { ...options, through }).answered;
  if (exitCode !== 0) throw new Error(`strace: ${stderr}`);
  const lines = readFileSync(log, 'utf8').split('\n');
  rmSync(log);
  const counts = new Map<string, number>();
  return lines.flatMap((text) => {
    const name = /^([a-z0-9_]+)\(/.exec(text)?.[1];
    if (!name) return [];
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return [{ name, nth, text }];
  });
}

/**
 * Runs an executable that is killed by SIGKILL as it makes a call, which is then not carried out any more.
 *
 * @returns false when it ended before it got there
 */
export async function killAt(
  machine: Machine,
  { name, nth }: Call,
  options: ProcessOptions,
): Promise<boolean> {
  const inject = `inject=${name}:signal=SIGKILL:when=${nth}`;
  const through = ['strace', '-o', '/dev/null', '-e', `trace=${name}`, '-e', inject];
  const { signal } = await new RunProcess(machine, { ...options, through }).answered;
  return signal === 'SIGKILL';
}

/** Lets a run go on that strace stops by `signal=SIGSTOP`, once or again and again, until something has come. */
export async function goOn(run: RunProcess, until: Promise<unknown>): Promise<void> {
  let waiting = true;
  const end = () => {
    waiting = false;
  };
  void until.then(end, end);
  while (waiting) {
    // Nothing tells when it stops, and a word that comes too early is lost.
    for (const pid of childrenOf(run.pid)) wake(pid);
    await wait(10);
  }
}

function wake(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    // It may end while it is looked for.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
}

/** So many of a list, evenly spread over it, the first and the last among them. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from(
    { length: count },
    (_, at) => list[Math.round((at * (list.length - 1)) / (count - 1))] as T,
  );
}
