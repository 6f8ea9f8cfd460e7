import { readFileSync, statSync } from 'node:fs';
import { Failure, type FailureCode } from '../failure.ts';
import { type Database, isSqliteError, openDatabase } from '../sqlite.ts';
import { headerProblem } from './header.ts';
import { printable } from './keys.ts';

export { imageDigest } from './header.ts';

/**
 * Opens the image of an index in memory, for reading only. SQLite works on a copy of its own; the buffer may be used
 * for anything else afterwards.
 *
 * The two bytes of the header that announce a write-ahead log (18 and 19) are set to "none" while SQLite takes its
 * copy, since a database in memory has no log and would not open; then they are put back.
 *
 * @throws {Failure} `index-invalid` for what is no database, empty, or cut short.
 */
export function openImage(image: Buffer): Database {
  const problem = headerProblem(image);
  if (problem) {
    throw new Failure('index-invalid', `the index ${problem}`, { hint: hints['index-invalid'] });
  }
  const versions = image.readUInt16BE(18);
  try {
    image.writeUInt16BE(0x0101, 18);
    return distrust(openDatabase(image, { readonly: true }));
  } catch (error) {
    throw openFailure('the index', error);
  } finally {
    image.writeUInt16BE(versions, 18);
  }
}

/**
 * Opens the live index for reading; null when there is none.
 *
 * The connection may write, so that SQLite can undo a transaction that died half-way and tidy up its log, but no
 * statement may. Where the file or its directory cannot be written, the connection only reads; and where even that
 * needs a file beside it (a write-ahead log's), the bytes are read, provided that no log or journal has more to say.
 *
 * @throws {Failure} `index-invalid` for what is no database; `lock-timeout` when somebody else keeps it locked for
 * longer than `busyTimeoutMs` (5000 by default); `disk` when it cannot be read.
 */
export function openInstalled(path: string, options: { busyTimeoutMs?: number } = {}): Database | null {
  const what = `the index ${path}`;
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
    return openImage(readFileSync(path));
  } catch (error) {
    throw openFailure(what, error);
  }
}

/**
 * A consistent image of an open database, as it is after the last transaction.
 *
 * @throws {Failure} as `openInstalled`.
 */
export function readImage(db: Database): Buffer {
  try {
    return db.transaction(() => {
      // The transaction begins with the first look, not with BEGIN.
      db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
      if (db.pragma('page_count', { simple: true }) === 0) {
        throw new Failure('index-invalid', 'the index is empty (0 bytes)', { hint: hints['index-invalid'] });
      }
      return db.serialize();
    })();
  } catch (error) {
    throw openFailure('the index', error);
  }
}

/**
 * Whatever its schema says, an index runs nothing: no functions with side effects from views, triggers or checks, and
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
  'index-invalid':
    'Nothing was changed. Publish a good index from the admin host, or roll back to an earlier one.',
  'lock-timeout': 'Ask again in a moment; if it stays so, look for the process that keeps the index locked.',
  disk: 'Look at the disk, and at the owner and mode of the file and its directory.',
} satisfies Partial<Record<FailureCode, string>>;

function openFailure(what: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const text = printable(error instanceof Error ? error.message : String(error));
  if (!isSqliteError(error)) {
    return new Failure('disk', `${what} cannot be read: ${text}`, { hint: hints.disk, cause: error });
  }
  const code = /^SQLITE_(?:BUSY|LOCKED)/.test(error.code)
    ? 'lock-timeout'
    : /^SQLITE_(?:IOERR|FULL|CANTOPEN|READONLY|PERM)/.test(error.code)
      ? 'disk'
      : 'index-invalid';
  return new Failure(code, `${what} cannot be opened: ${text} (${error.code})`, {
    hint: hints[code],
    cause: error,
  });
}
