import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from '../rights/account.ts';
import { asRoot } from '../rights/rights.ts';

/*
 * How a child, with everything that it starts, dies with this process, even if that is ended by SIGKILL.
 *
 * The child is a process group of its own. Beside it runs a watcher, a few lines of shell in a session of its own. It
 * waits for the end of a pipe whose other end only this process holds: the kernel closes it when this process is gone,
 * however it ended. The watcher then kills the group. It finds a process that has left the group (a daemon) by a
 * variable that all descendants inherit, unless they clear their environment.
 *
 * The child waits at a gate, such a pipe too, until its watcher runs. So a SIGKILL to this process never leaves a child
 * behind.
 */

/** Marks the descendants of one child; its value is a different one for each. */
const MARK = 'UPDATE_CONFIG_CHILD';

/** The line is read in a subshell, so that no variable of the command changes. */
const WAIT = '(read -r word) <&3 || exit 125;';
/** Output and errors go down one pipe, so that they keep their order. */
const GATE = `${WAIT} exec "$@" 2>&1 3<&-`;
/** The same with a pipe for each of them. */
const GATE_APART = `${WAIT} exec "$@" 3<&-`;

/**
 * One program looks for processes that have left the group: one for each process would take a second on a busy machine,
 * on which the next hook may be running. `-z` is not in POSIX, but GNU and busybox both have it.
 */
const WATCHER = `
if read -r told <&3; then exit 0; fi
kill -s KILL -- "-$1"
quiet=0
for round in 1 2 3 4 5 6 7 8 9 10; do
  quiet=$((quiet + 1))
  for environment in $(grep -lszxF -- "$2" /proc/[0-9]*/environ); do
    process=\${environment#/proc/}
    kill -s KILL "\${process%/environ}" && quiet=0
  done
  if [ "$quiet" -eq 2 ]; then exit 0; fi
done
`;

/** Milliseconds for a watcher to end that has nothing left to do. */
const PATIENCE_MS = 2000;

export interface Leashed {
  readonly child: ChildProcess;
  /** Kills the child and all its descendants. */
  kill(): void;
  /**
   * Call it when the child has ended: kills what it left behind, and ends the watcher. Resolves when the watcher is
   * gone: if it outlived this process, it would become a child of Navigator, which never reaps it. Never rejects.
   */
  release(): Promise<void>;
}

/**
 * @param options.account whose the child and its watcher are, for good; null for ours
 * @param options.isApart whether errors come down a pipe of their own, and not that of the output
 * @param options.shell the shell for gate and watcher, as a command: POSIX and no more, so dash or busybox will do.
 */
export function spawnLeashed(
  command: readonly string[],
  options: {
    cwd: string;
    env: NodeJS.ProcessEnv;
    account: Account | null;
    shell: readonly string[];
    isApart: boolean;
  },
): Leashed {
  const [sh = '/bin/sh', ...shellArgs] = options.shell;
  const mark = `${process.pid}-${randomBytes(8).toString('hex')}`;
  const user = options.account ? { uid: options.account.uid, gid: options.account.gid } : {};
  // Only root may start a process as another user; with a user named, Node leaves it no other group either.
  const start = (args: readonly string[], how: SpawnOptions): ChildProcess =>
    asRoot(() => spawn(sh, [...shellArgs, ...args], { ...how, ...user }));
  const { isApart } = options;
  const child = start(['-c', isApart ? GATE_APART : GATE, 'sh', ...command], {
    cwd: options.cwd,
    env: { ...options.env, [MARK]: mark },
    detached: true,
    stdio: ['ignore', 'pipe', isApart ? 'pipe' : 'ignore', 'pipe'],
  });
  const gate = pipeOf(child);
  if (child.pid === undefined) {
    gate?.destroy();
    return { child, kill: () => {}, release: async () => {} };
  }
  const group = child.pid;
  const watcher = start(['-c', WATCHER, 'sh', String(group), `${MARK}=${mark}`], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const leash = pipeOf(watcher);
  watcher.on('error', (error) => child.emit('error', error));
  // Only root may look at the environment of a process that root started.
  const kill = (): void => (options.account ? killAll(group, mark) : asRoot(() => killAll(group, mark)));
  // Without a watcher the gate stays shut.
  if (watcher.pid === undefined) gate?.destroy();
  else gate?.end('go\n');
  return {
    child,
    kill,
    async release() {
      kill();
      leash?.end('over\n');
      await hasEnded(watcher);
    },
  };
}

/** Resolves when it has ended, or when it takes so long that something else must be wrong with the machine. */
async function hasEnded(watcher: ChildProcess): Promise<void> {
  if (watcher.pid === undefined || watcher.exitCode !== null || watcher.signalCode !== null) return;
  const patience = new AbortController();
  const ended = once(watcher, 'exit').catch(() => {});
  await Promise.race([ended, wait(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
}

/** Its other end may be gone before it is used, which does not matter. */
function pipeOf(child: ChildProcess): Writable | null {
  const pipe = (child.stdio[3] as Writable | null | undefined) ?? null;
  pipe?.on('error', () => {});
  return pipe;
}

/**
 * Rounds of looking for processes that were begun while others were being killed. Over when two in a row have found
 * none: in the middle of an exec, a process shows no environment.
 */
const ROUNDS = 10;
const QUIET_ROUNDS = 2;

function killAll(group: number, mark: string): void {
  killOne(-group);
  let quiet = 0;
  for (let round = 0; round < ROUNDS && quiet < QUIET_ROUNDS; round += 1) {
    const found = marked(`${MARK}=${mark}`).filter(killOne);
    quiet = found.length === 0 ? quiet + 1 : 0;
  }
}

/** Process ids of those whose environment has this entry; none on a system without /proc. */
function marked(entry: string): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((name) => environmentOf(name).includes(entry))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return []; // gone by now, or somebody else's
  }
}

function killOne(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
