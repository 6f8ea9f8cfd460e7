import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Machine } from '../machine/machine.ts';
import { type ProcessOptions, RunProcess } from '../machine/run-process.ts';

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

/**
 * The calls at which a kill leaves another state on disk below a directory than a kill at the call before.
 *
 * SIGKILL takes back nothing that was written: a kill at a flush, a look, or a call that fails leaves what a kill at the
 * next change leaves. Of many alike in a row, such as the pages that SQLite writes to one file, or the files that are
 * staged, one in the middle and the last stand for all: nobody reads them before the last is there. Renames, removals
 * and changes of times are all among them. (`test/unit/install/kill.test.ts` goes through the installer more closely.)
 */
export function turns(home: string, calls: readonly Call[]): Call[] {
  const rows: { kind: string; calls: Call[] }[] = [];
  for (const call of calls) {
    if (call.name.endsWith('sync') || call.text.includes(' = -1 ') || !changesBelow(home, call)) continue;
    const kind = kindOf(call);
    const last = rows.at(-1);
    if (last?.kind === kind) last.calls.push(call);
    else rows.push({ kind, calls: [call] });
  }
  return rows.flatMap(({ calls: row }) => [...new Set([row[row.length >> 1], row.at(-1)])] as Call[]);
}

/**
 * Those of the `turns` after which a program that reads finds something else, and the requests between them, on each of
 * which somebody else may find something else. What SQLite had not committed it takes back, so that of its writes to one
 * file the last stands for all: of those to its journal it is the one that commits.
 *
 * @param server that is asked: its URL
 */
export function readTurns(home: string, calls: readonly Call[], server: string): Call[] {
  const changing = new Set(turns(home, calls));
  const asking = `sin_port=htons(${new URL(server).port})`;
  const kept = calls.filter((call) => changing.has(call) || call.text.includes(asking));
  const place = ({ name, text }: Call) => (name === 'pwrite64' ? /<([^>]*)>/.exec(text)?.[1] : null);
  return kept
    .filter((call, at) => place(call) === null || place(call) !== place(kept[at + 1] ?? call))
    .filter(({ name, text }) => !(name === 'unlink' && /\.update_config\/\w+\.db-journal/.test(text)));
}

/** What those have in common of which a few stand for many; every rename, removal and time is of a kind of its own. */
function kindOf({ name, nth, text }: Call): string {
  if (/^rename|^unlink|^utimensat/.test(name)) return `${name} ${nth}`;
  const path = /[<"](\/[^>"]+)[>"]/.exec(text.replace(/AT_FDCWD<[^>]*>/, ''))?.[1] ?? '';
  if (path.includes('/generations/')) return 'what is replaced is kept';
  if (path.endsWith('.staged')) return 'what is new is staged';
  if (path.endsWith('.lock')) return 'files to lock are made';
  // SQLite commits to a store of ours, by way of the journal beside it.
  if (/\.update_config\/\w+\.db/.test(path)) return 'what is known is written down';
  return path;
}

/**
 * Runs an executable to its end, and returns the calls of its main thread in their order.
 *
 * @param more names of calls that are recorded as well
 */
export async function recordCalls(
  machine: Machine,
  options: ProcessOptions,
  more: readonly string[] = [],
): Promise<Call[]> {
  const log = join(machine.home, 'strace.log');
  const traced = [...CHANGING, ...LOOKING, ...more].join();
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

/** How many of the calls a test must have had a run killed at: a few runs may end before, since calls do not always come in the same number. */
export function mostOf(calls: readonly unknown[]): number {
  return Math.max(1, Math.floor(calls.length * 0.8));
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

export function childrenOf(pid: number): number[] {
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
