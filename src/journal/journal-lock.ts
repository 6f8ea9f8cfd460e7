import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pauseBetweenLooks } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import { isDamage, renameDamaged } from '../database/repair.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { codeOf, diskError, fileId } from '../files/disk.ts';
import { asRoot } from '../rights/rights.ts';
import { prepareSchema } from './journal-schema.ts';

/*
 * The lock is SQLite's exclusive lock on the journal, which is an fcntl lock: the kernel drops it when its holder dies,
 * and also when its holder closes any other descriptor of the same file. So nothing in this program opens that file but
 * SQLite; `stat` is safe.
 */

/** Path of the journal of a state directory. */
export function journalPath(stateDir: string): string {
  return join(stateDir, 'journal.db');
}

/** A connection, and the file that it has open. */
interface Handle {
  readonly db: Database;
  readonly file: string;
}

/** `moved`: the file is no longer the one at its path. */
type Attempt = 'locked' | 'busy' | 'moved' | 'damaged';

export interface LockOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Locked {
  readonly db: Database;
  /** A note for the operator, such as a damaged journal that was set aside. */
  readonly notes: readonly string[];
}

/**
 * Opens the journal and waits, without blocking the event loop, until it is locked for this connection alone.
 *
 * @throws {Failure} `lock-timeout`; `disk`; `config-invalid` for a journal of a newer version.
 * @throws the signal's reason, or an AbortError with that as its cause, when it is aborted.
 */
export async function lockJournal(path: string, options: LockOptions): Promise<Locked> {
  const began = monotonicMs();
  const notes: string[] = [];
  let handle: Handle | null = null;
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const before: Handle | null = handle;
      const [held, outcome]: [Handle | null, Attempt] = asRoot(() => openAndTry(before, path));
      handle = held;
      if (outcome === 'locked' && handle) {
        const { db } = handle;
        handle = null;
        return { db, notes };
      }
      if (outcome !== 'busy') {
        asRoot(() => held?.db.close());
        handle = null;
        const damaged = () => renameDamaged(path, () => isDamaged(path));
        const renamed = outcome === 'damaged' ? asRoot(damaged) : null;
        if (renamed) notes.push(damageNote(renamed));
        if (renamed || outcome === 'moved') continue;
      }
      await pause(monotonicMs() - began, options);
    }
  } catch (error) {
    throw diskError('cannot lock', path, error);
  } finally {
    const left = handle;
    if (left) asRoot(() => left.db.close());
  }
}

const damageNote = (renamed: string) =>
  `the journal was damaged; it was set aside as ${renamed}, and a new one was made: history, and the memory of what is installed, begin anew`;

/** @param waitedMs so far */
async function pause(waitedMs: number, { timeoutMs, signal }: LockOptions): Promise<void> {
  const left = timeoutMs - waitedMs;
  if (left <= 0) {
    throw new Failure('lock-timeout', `another update has held the lock for ${timeoutMs / 1000} s`, {
      hint: 'Try again later. If no update should be running, look for a hanging one (ps); ending it frees the lock.',
    });
  }
  await wait(Math.min(left, pauseBetweenLooks(waitedMs)), undefined, signal ? { signal } : {});
}

/** In one step: to take root's rights costs several times what a look does. */
function openAndTry(before: Handle | null, path: string): [Handle | null, Attempt] {
  const handle = before ?? open(path);
  try {
    return [handle, handle ? attempt(handle, path) : 'moved'];
  } catch (error) {
    handle?.db.close();
    throw error;
  }
}

/** Null if the file was made or replaced just now: then it is not certain which one is open. */
function open(path: string): Handle | null {
  const before = fileId(path);
  const db = openDatabase(path, { busyTimeoutMs: 0 });
  if (before !== null && fileId(path) === before) return { db, file: before };
  db.close();
  return null;
}

function attempt({ db, file }: Handle, path: string): Attempt {
  try {
    db.exec('PRAGMA synchronous = FULL; BEGIN EXCLUSIVE');
    try {
      if (fileId(path) !== file) {
        db.exec('ROLLBACK');
        return 'moved';
      }
      prepareSchema(db, path);
      // Set only now: a connection that fails to get the lock in this mode would keep its shared lock, and two such
      // would wait for each other for ever. From here on the lock outlives the transaction.
      db.pragma('locking_mode = EXCLUSIVE');
      db.exec('COMMIT');
      return 'locked';
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  } catch (error) {
    return failedAttempt(error);
  }
}

function failedAttempt(error: unknown): Attempt {
  if (/^SQLITE_BUSY/.test(codeOf(error))) return 'busy';
  if (isDamage(error)) return 'damaged';
  throw error;
}

function isDamaged(path: string): boolean {
  const handle = open(path);
  try {
    return handle !== null && attempt(handle, path) === 'damaged';
  } finally {
    handle?.db.close();
  }
}
