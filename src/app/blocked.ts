import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { asRoot } from '../rights/rights.ts';

/*
 * SQLite opens any kind of file, and waits. The files beside a database are checked before, but the owner of the
 * directory can exchange them in between: a pipe blocks a process for ever, and its lock with it. A watching thread
 * would cost 40 ms and 15 MiB in every run; a shell costs 4 ms.
 */

/**
 * Waits for a sign of life so many seconds, twice, before it kills: after a machine was suspended, all clocks are late. A
 * process that was stopped from a terminal lives. Ends when its standard input does, which is when the process has ended.
 */
const WATCHER = `
missed=0
while [ "$missed" -lt 2 ]; do
  sign=$(timeout "$2" head -c 1)
  case $? in
    0) [ -n "$sign" ] || exit 0; missed=0 ;;
    124 | 143) missed=$((missed + 1)) ;;
    *) exit 0 ;;
  esac
  if grep -q '^State:[[:space:]]*[Tt]' "/proc/$1/status"; then missed=0; fi
done
kill -s KILL "$1"
`;

/** Milliseconds for a watcher to end after it was told to. */
const PATIENCE_MS = 1000;

let stop = (): void => {};
let gone: Promise<void> = Promise.resolve();

/**
 * Resolves when the watcher is gone, if there is one; to be called before this process ends. One that outlived it would
 * become a child of Navigator's, which is process 1 in its container and never asks what became of an orphan.
 */
export async function stopWatching(): Promise<void> {
  stop();
  const patience = new AbortController();
  await Promise.race([gone, wait(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
}

/**
 * Has this process killed when it is blocked for so long: when its event loop does not turn, since nothing that this program
 * does on purpose takes a part of that. Resolves when the watcher has been started.
 */
export async function endWhenBlocked(limitMs: number): Promise<void> {
  const seconds = Math.max(1, Math.round(limitMs / 2000));
  // Only where it is needed: it takes a millisecond to load.
  const { spawn } = await import('node:child_process');
  try {
    // Nobody else may signal this process, so the watcher is root's; it looks at nothing but this process.
    const watcher = asRoot(() => startWatcher(spawn, seconds));
    watcher.on('error', () => {}); // no shell: then Navigator's own limit is left
    gone = once(watcher, 'exit').then(
      () => {},
      () => {},
    );
    const signs = watcher.stdin as Writable;
    signs.on('error', () => {});
    const beat = setInterval(() => signs.write('.'), seconds * 250);
    beat.unref();
    stop = () => {
      clearInterval(beat);
      signs.end();
    };
    watcher.unref();
    (signs as Writable & { unref?: () => void }).unref?.();
  } catch {
    // No more processes may be started; those that wait will end.
  }
}

function startWatcher(spawn: typeof import('node:child_process').spawn, seconds: number): ChildProcess {
  return spawn('/bin/sh', ['-c', WATCHER, 'sh', String(process.pid), String(seconds)], {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    // In a session of its own: signals from a terminal do not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}
