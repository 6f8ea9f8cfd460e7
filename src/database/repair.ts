import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../files/disk.ts';
import { type Database, openDatabase } from './sqlite.ts';

/** The content of a file of the state directory is not valid. */
export class Damaged extends Error {}

/** Whether an error says that a file is not a database, or is damaged, or is the wrong one. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damaged || /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));
}

/**
 * Opens a file of the state directory whose content can be learnt again: a damaged one is set aside, and a new one
 * made.
 *
 * @param open makes the file if there is none, and throws if it is damaged
 */
export function openOrBeginAnew(path: string, open: () => Database): Database {
  const isDamaged = (): boolean => {
    try {
      open().close();
      return false;
    } catch (error) {
      if (isDamage(error)) return true;
      throw error;
    }
  };
  for (;;) {
    try {
      return open();
    } catch (error) {
      if (!isDamage(error)) throw error;
      renameDamaged(path, isDamaged);
    }
  }
}

/**
 * Renames a damaged file of the state directory, such as the journal, so that it does not block everything for ever;
 * the next opener makes a new one.
 *
 * Two processes may find the damage at the same time. If both renamed it, the slower one could take away the new
 * journal, which the faster one has locked already, and a third process would lock a third file. So the check and the
 * rename happen under a lock of their own, on a file that is never renamed. The holder of the journal's lock has proved
 * the file at that path, so a damaged file has no holder.
 *
 * @param isDamaged checks again, with a connection of its own
 * @returns its new path; null if another process is renaming it, or was faster
 */
export function renameDamaged(path: string, isDamaged: () => boolean): string | null {
  const guardPath = join(dirname(path), 'repair.db');
  const guard = openDatabase(guardPath, { busyTimeoutMs: 0 });
  try {
    guard.exec('BEGIN EXCLUSIVE');
    if (!isDamaged()) return null;
    const renamed = `${path}.damaged-${new Date().toISOString().replace(/[-:.]/g, '')}`;
    // The journal or log goes first: it must never be played back into the new file.
    for (const beside of ['-journal', '-wal', '-shm'])
      if (existsSync(path + beside)) renameSync(path + beside, renamed + beside);
    renameSync(path, renamed);
    return renamed;
  } catch (error) {
    if (/^SQLITE_BUSY/.test(codeOf(error))) return null;
    throw error;
  } finally {
    guard.close();
  }
}
