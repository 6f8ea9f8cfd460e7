import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pauseBetweenLooks } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import { Failure } from '../failure.ts';
import { codeOf, diskError, fileId } from '../files/disk.ts';
import { inDirectory } from '../rights/rights.ts';
import { type Database, openDatabase } from './sqlite.ts';

/*
 * A lock that the kernel drops when its holder dies: SQLite's exclusive lock on an empty file. It is an fcntl lock,
 * which would also be dropped when this process closed another descriptor of that file, so nothing but SQLite opens it;
 * two holders in one process exclude each other as well. The file stays when the lock is let go: a file that is removed
 * can be locked by one process while another locks its successor.
 */

export interface Lock {
  /** Releases the lock. May be called more than once. */
  release(): void;
}

/**
 * Takes the lock at `path`; null if it is held. The file is made if need be; its directory must exist. In a directory
 * of root's it is root's.
 *
 * @throws {Failure} `disk`
 */
export function tryLock(path: string): Lock | null {
  const directory = dirname(path);
  const lock = inDirectory(directory, () => tryOnce(path));
  return lock && { release: () => inDirectory(directory, lock.release) };
}

function tryOnce(path: string): Lock | null {
  for (;;) {
    let db: Database | undefined;
    try {
      const before = fileId(path);
      db = openDatabase(path, { busyTimeoutMs: 0 });
      const opened = db;
      // Nothing is ever written to it, so nothing needs to be undone; SQLite would make a journal all the same.
      opened.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      if (before !== null && fileId(path) === before) return { release: () => opened.close() };
      // Made or replaced just now: it is not certain which file is open.
      opened.close();
    } catch (error) {
      db?.close();
      if (/^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))) return null;
      throw diskError('cannot lock', path, error);
    }
  }
}

/**
 * Waits for the lock at `path`, without blocking the event loop.
 *
 * @throws {Failure} `lock-timeout`, `disk`
 */
export async function waitForLock(path: string, { timeoutMs }: { timeoutMs: number }): Promise<Lock> {
  const began = monotonicMs();
  for (;;) {
    const lock = tryLock(path);
    if (lock) return lock;
    const waited = monotonicMs() - began;
    const left = timeoutMs - waited;
    if (left <= 0) {
      throw new Failure(
        'lock-timeout',
        `another process has held the lock ${path} for ${timeoutMs / 1000} s`,
        {
          hint: 'Try again later. If nothing should be running, look for a hanging process (fuser, lsof); ending it frees the lock.',
        },
      );
    }
    await wait(Math.min(left, pauseBetweenLooks(waited)));
  }
}
