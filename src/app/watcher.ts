import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { asRoot } from '../rights/rights.ts';

/*
 * A process that is blocked in a system call cannot end itself, and no timer of its own comes. A watching thread would
 * cost 40 ms of CPU and 15 MiB in every run; a shell costs 4 ms.
 */

/** Milliseconds for a watcher to end after it was told to: a few are enough, but on a machine that is busy with much else. */
const PATIENCE_MS = 10_000;

const stops: (() => void)[] = [];
const gone: Promise<void>[] = [];

/**
 * Resolves when all watchers are gone; to be called before this process ends. One that outlived it would become a child of
 * Navigator's, which is process 1 in its container and never asks what became of an orphan.
 */
export async function stopWatching(): Promise<void> {
  for (const stop of stops) stop();
  const patience = new AbortController();
  await Promise.race([
    Promise.all(gone),
    wait(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {}),
  ]);
  patience.abort();
}

/**
 * Starts a shell that may kill this process, whose process id is `$1`. It has to end when its standard input does, which
 * is when this process has ended.
 *
 * @param more `$2` and on
 * @param output `inherit` where it says something: what reads this process's output then waits for the watcher, too
 * @returns its standard input, which keeps this process alive no longer; null where no more processes may be started. Then,
 *   and where there is no shell, the caller's own limit is left
 */
export async function startWatcher(
  script: string,
  more: readonly string[],
  output: 'inherit' | 'ignore',
): Promise<Writable | null> {
  // Only where it is needed: it takes a millisecond to load.
  const { spawn } = await import('node:child_process');
  try {
    // Nobody else may signal this process, so the watcher is root's; it looks at nothing but this process.
    const watcher = asRoot(() => startShell(spawn, [script, 'sh', String(process.pid), ...more], output));
    watcher.on('error', () => {}); // no shell
    gone.push(
      once(watcher, 'exit').then(
        () => {},
        () => {},
      ),
    );
    const input = watcher.stdin as Writable & { unref?: () => void };
    input.on('error', () => {});
    stops.push(() => input.end());
    watcher.unref();
    input.unref?.();
    return input;
  } catch {
    return null; // those that wait will end
  }
}

function startShell(
  spawn: typeof import('node:child_process').spawn,
  args: readonly string[],
  output: 'inherit' | 'ignore',
): ChildProcess {
  return spawn('/bin/sh', ['-c', ...args], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    // In a session of its own: signals from a terminal do not reach it.
    detached: true,
    stdio: ['pipe', output, 'ignore'],
  });
}
