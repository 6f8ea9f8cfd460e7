import { readFileSync, statSync } from 'node:fs';
import { Failure, type FailureCode } from '../failure.ts';
import { type Database, isSqliteError, openDatabase } from '../sqlite.ts';
import { headerProblem } from './header.ts';
import { printable } from './keys.ts';

export { imageDigest } from './header.ts';

/** Which database messages speak of. */
export interface Subject {
  /** Such as `the index`. */
  readonly name: string;
  /** The code of a failure that says that it is no sound database. */
  readonly invalid: FailureCode;
  readonly hint: string;
}

const INDEX: Subject = {
  name: 'the index',
  invalid: 'index-invalid',
  hint: 'Nothing was changed. Publish a good index from the admin host, or roll back to an earlier one.',
};

/**
 * Opens the image of a database, the index unless told, in memory, for reading only. SQLite works on a copy of its own;
 * the buffer may be used for anything else afterwards.
 *
 * The two bytes of the header that announce a write-ahead log (18 and 19) are set to "none" while SQLite takes its
 * copy, since a database in memory has no log and would not open; then they are put back.
 *
 * @throws {Failure} `index-invalid`, or the subject's own code, for what is no database, empty, or cut short.
 */
export function openImage(image: Buffer, subject: Subject = INDEX): Database {
  const problem = headerProblem(image);
  if (problem) throw new Failure(subject.invalid, `${subject.name} ${problem}`, { hint: subject.hint });
  const versions = image.readUInt16BE(18);
  try {
    image.writeUInt16BE(0x0101, 18);
    return distrust(openDatabase(image, { readonly: true }));
  } catch (error) {
    throw openFailure(subject, subject.name, error);
  } finally {
    image.writeUInt16BE(versions, 18);
  }
}

/**
 * Opens a live database, the index unless told, for reading; null when there is none.
 *
 * The connection may write, so that SQLite can undo a transaction that died half-way and tidy up its log, but no
 * statement may. Where the file or its directory cannot be written, the connection only reads; and where even that
 * needs a file beside it (a write-ahead log's), the bytes are read, provided that no log or journal has more to say.
 *
 * @throws {Failure} `index-invalid`, or the subject's own code, for what is no database; `lock-timeout` when somebody
 * else keeps it locked for longer than `busyTimeoutMs` (5000 by default); `disk` when it cannot be read.
 */
export function openInstalled(
  path: string,
  { subject = INDEX, ...options }: { busyTimeoutMs?: number; subject?: Subject } = {},
): Database | null {
  try {
    if (!statSync(path, { throwIfNoEntry: false })) return null;
    const ways = [
      () => distrust(openDatabase(path, { fileMustExist: true, ...options })),
      () => distrust(openDatabase(path, { readonly: true, fileMustExist: true, ...options })),
    ];
    for (const open of ways) {
      try {
        return open();
      } catch (error) {
        if (!cannotWrite(error)) throw error;
        if (open === ways.at(-1) && hasPendingChanges(path)) throw error;
      }
    }
    return openImage(readFileSync(path), subject);
  } catch (error) {
    throw openFailure(subject, `${subject.name} ${path}`, error);
  }
}

/**
 * A consistent image of an open database, as it is after the last transaction.
 *
 * @throws {Failure} as `openInstalled`.
 */
export function readImage(db: Database, subject: Subject = INDEX): Buffer {
  try {
    return db.transaction(() => {
      // The transaction begins with the first look, not with BEGIN.
      db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
      if (db.pragma('page_count', { simple: true }) === 0) {
        throw new Failure(subject.invalid, `${subject.name} is empty (0 bytes)`, { hint: subject.hint });
      }
      return db.serialize();
    })();
  } catch (error) {
    throw openFailure(subject, subject.name, error);
  }
}

/**
 * Whatever its schema says, a database runs nothing: no functions with side effects from views, triggers or checks, and
 * no writes. The first look at the schema shows whether it can be read at all.
 */
function distrust(db: Database): Database {
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('query_only = ON');
    db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function cannotWrite(error: unknown): boolean {
  return isSqliteError(error) && /^SQLITE_(?:CANTOPEN|READONLY|PERM)/.test(error.code);
}

function hasPendingChanges(path: string): boolean {
  return ['-wal', '-journal'].some((suffix) => {
    const file = statSync(`${path}${suffix}`, { throwIfNoEntry: false });
    return file !== undefined && file.size > 0;
  });
}

const hints = {
  'lock-timeout': 'Ask again in a moment; if it stays so, look for the process that keeps it locked.',
  disk: 'Look at the disk, and at the owner and mode of the file and its directory.',
};

function openFailure(subject: Subject, what: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const text = printable(error instanceof Error ? error.message : String(error));
  if (!isSqliteError(error)) {
    return new Failure('disk', `${what} cannot be read: ${text}`, { hint: hints.disk, cause: error });
  }
  const message = `${what} cannot be opened: ${text} (${error.code})`;
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(error.code)) {
    return new Failure('lock-timeout', message, { hint: hints['lock-timeout'], cause: error });
  }
  if (/^SQLITE_(?:IOERR|FULL|CANTOPEN|READONLY|PERM)/.test(error.code)) {
    return new Failure('disk', message, { hint: hints.disk, cause: error });
  }
  return new Failure(subject.invalid, message, { hint: subject.hint, cause: error });
}
