import { statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { pauseBetweenLooks } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import { isDamage } from '../database/repair.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { requireDbDir, trustedDirOf } from '../database/state-dir.ts';
import { Failure } from '../failure.ts';
import { codeOf, diskError } from '../files/disk.ts';
import type { HistoryRow } from '../report/results.ts';
import { asRoot } from '../rights/rights.ts';
import { journalPath } from './journal-lock.ts';
import { schemaVersion } from './journal-schema.ts';
import { readRows } from './run-rows.ts';

/**
 * The last runs, newest first, for an engineer to read; none when there has never been one. Makes nothing. Waits while
 * an update holds the lock.
 *
 * @throws {Failure} `lock-timeout`; `db-dir-missing`; `disk` when it cannot be read; `config-invalid` for a journal of
 * a newer version.
 */
export async function readHistory(dbDir: string, limit: number, timeoutMs = 5000): Promise<HistoryRow[]> {
  return await readJournal(dbDir, timeoutMs, (db, version) =>
    version === 0 ? [] : readRows(db, limit, new Set()),
  );
}

/**
 * Reads from the journal without its lock, but not while another process holds it; an empty list if there is no
 * journal.
 *
 * @throws {Failure} as `readHistory`
 */
export async function readJournal<T>(
  dbDir: string,
  timeoutMs: number,
  read: (db: Database, version: number) => T[],
): Promise<T[]> {
  requireDbDir(dbDir);
  const path = journalPath(trustedDirOf(dbDir));
  // A journal that cannot be read is not a missing one: its memory must not be taken for empty.
  const readNow = () => (statSync(path, { throwIfNoEntry: false }) ? readOnce(path, read) : []);
  const began = monotonicMs();
  for (;;) {
    try {
      return asRoot(readNow);
    } catch (error) {
      if (!/^SQLITE_BUSY/.test(codeOf(error))) throw asFailure(path, error);
    }
    const waited = monotonicMs() - began;
    if (waited >= timeoutMs) {
      throw new Failure('lock-timeout', `an update has held the journal ${path} for ${timeoutMs / 1000} s`, {
        hint: 'Wait until it has ended, then ask again.',
      });
    }
    await wait(pauseBetweenLooks(waited));
  }
}

/**
 * What was read of the journal; `nothing` if it is damaged. For a process that takes its lock next: that sets a damaged
 * one aside, its memory is lost, and the update goes on.
 */
export async function unlessDamaged<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Failure && isDamage(error.cause)) return nothing;
    throw error;
  }
}

/** Opened for writing if possible, since an unfinished write of a killed run must be undone first. */
function readOnce<T>(path: string, read: (db: Database, version: number) => T[]): T[] {
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    db.exec('BEGIN');
    return read(db, schemaVersion(db, path));
  } finally {
    db.close();
  }
}

function asFailure(path: string, error: unknown): unknown {
  if (isDamage(error)) {
    return new Failure('disk', `the journal ${path} is damaged: ${(error as Error).message}`, {
      hint: 'The next update sets it aside and begins a new one.',
      cause: error,
    });
  }
  return diskError('cannot read', path, error);
}
