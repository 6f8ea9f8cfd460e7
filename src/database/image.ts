import { readFileSync, statSync } from 'node:fs';
import { Failure, type FailureCode } from '../failure.ts';
import { printable } from '../text.ts';
import { liveSchemaProblem, schemaProblem } from './costly-schema.ts';
import { headerProblem } from './header.ts';
import { type Database, isSqliteError, type OpenOptions, openDatabase } from './sqlite.ts';

export { imageDigest } from './header.ts';

/** The words of messages about a database. */
export interface Subject {
  /** Such as `the index`. */
  readonly name: string;
  /** The code of a failure if it is not a sound database. */
  readonly invalid: FailureCode;
  readonly hint: string;
}

const INDEX: Subject = {
  name: 'the index',
  invalid: 'index-invalid',
  hint: 'Nothing was changed. Publish a good index from the admin host, or roll back to an earlier one.',
};

type Opening = Pick<OpenOptions, 'busyTimeoutMs' | 'readonly'>;

/**
 * Opens the image of a database, the index by default, in memory, for reading only. SQLite works on a copy of its own;
 * the buffer may be used for anything else afterwards.
 *
 * The two bytes of the header that announce a write-ahead log (18 and 19) are set to "none" while SQLite takes its
 * copy, since a database in memory has no log and would not open; then they are put back.
 *
 * @throws {Failure} `index-invalid`, or the subject's own code: not a database, empty, cut short, or with a schema that
 *   cannot be read at a bounded cost.
 */
export function openImage(image: Buffer, subject: Subject = INDEX): Database {
  const problem = headerProblem(image) ?? inSchema(schemaProblem(image));
  if (problem) throw invalid(subject, subject.name, problem);
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
 * Opens a live database, the index by default, for reading; null if there is none.
 *
 * The connection may write, so that SQLite can undo an unfinished transaction and tidy up its log, but no statement
 * may. If the file or its directory cannot be written, the connection only reads. If even that needs a file beside it
 * (that of a write-ahead log), the bytes are read, provided that no log or journal has more content.
 *
 * @param options.maxBytes of the database, by its file or by its log: a larger one is refused before it is read
 * @throws {Failure} `index-invalid`, or the subject's own code: not a database, too large, or with a schema that cannot
 *   be read at a bounded cost; `lock-timeout` if another process keeps it locked for longer than `busyTimeoutMs` (5000
 *   by default); `disk` if it cannot be read.
 */
export function openInstalled(
  path: string,
  options: { busyTimeoutMs?: number; subject?: Subject; maxBytes?: number } = {},
): Database | null {
  const { subject = INDEX, maxBytes = Number.POSITIVE_INFINITY, ...rest } = options;
  const what = `${subject.name} ${path}`;
  try {
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file) return null;
    refuseLarger(subject, what, file.size, maxBytes);
    refuseCostlySchema(path, subject, rest);
    const ways = [
      () => distrust(openDatabase(path, { fileMustExist: true, ...rest })),
      () => distrust(openDatabase(path, { readonly: true, fileMustExist: true, ...rest })),
    ];
    for (const open of ways) {
      try {
        return refuseLargerIn(open(), subject, what, maxBytes);
      } catch (error) {
        if (!cannotWrite(error)) throw error;
        if (open === ways.at(-1) && hasPendingChanges(path)) throw error;
      }
    }
    return openImage(readFileSync(path), subject);
  } catch (error) {
    throw openFailure(subject, what, error);
  }
}

/**
 * Checks whether a live database has a schema that SQLite can read at a bounded cost. Call it before untrusted content
 * is opened, and while this process has no lock on it.
 *
 * @param options.readonly leave it as it is, even if a killed process has left a transaction half done
 * @throws {Failure} the subject's own code; `lock-timeout`; `disk`
 */
export function refuseCostlySchema(path: string, subject: Subject, options: Opening = {}): void {
  const what = `${subject.name} ${path}`;
  try {
    // SQLite first undoes an unfinished transaction, and reads other pages then. This makes it do so, and reads no
    // schema.
    if (isFilled(`${path}-journal`)) undo(path, options);
    const problem = inSchema(liveSchemaProblem(path));
    if (problem) throw invalid(subject, what, problem);
  } catch (error) {
    throw openFailure(subject, what, error);
  }
}

function undo(path: string, options: Opening): void {
  let db: Database | null = null;
  try {
    db = openDatabase(path, { fileMustExist: true, ...options });
    db.pragma('schema_version');
  } catch (error) {
    if (!cannotWrite(error)) throw error; // the next process that opens it cannot either
  } finally {
    db?.close();
  }
}

/**
 * A consistent image of an open database, as it is after the last transaction.
 *
 * @param maxBytes of the image; a larger one is refused before it is read
 * @throws {Failure} as `openInstalled`.
 */
export function readImage(
  db: Database,
  subject: Subject = INDEX,
  maxBytes = Number.POSITIVE_INFINITY,
): Buffer {
  try {
    return db.transaction(() => {
      // The transaction begins with the first look, not with BEGIN.
      db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
      if (db.pragma('page_count', { simple: true }) === 0) {
        throw invalid(subject, subject.name, 'is empty (0 bytes)');
      }
      refuseLarger(subject, subject.name, sizeOf(db), maxBytes);
      return db.serialize();
    })();
  } catch (error) {
    throw openFailure(subject, subject.name, error);
  }
}

const UNTRUSTED = `
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA query_only = ON;
  PRAGMA ignore_check_constraints = ON;
`;

/**
 * Whatever its schema says, a database runs nothing: no functions with side effects from views, triggers or checks, no
 * expression of a constraint during a check, and no writes. The first read of the schema shows whether it can be read.
 */
function distrust(db: Database): Database {
  try {
    db.exec(UNTRUSTED);
    db.prepare('SELECT count(*) FROM main.sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The log may make it larger than its file is. */
function refuseLargerIn(db: Database, subject: Subject, what: string, maxBytes: number): Database {
  try {
    refuseLarger(subject, what, sizeOf(db), maxBytes);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** @throws {Failure} the subject's own code */
export function refuseLarger(subject: Subject, what: string, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new Failure(subject.invalid, `${what} has ${bytes} bytes, more than the ${maxBytes} allowed`, {
    hint: 'Nothing of it was read. Look at what fills it; VACUUM frees pages that hold nothing.',
  });
}

/** Bytes of all pages of an open database. */
export function sizeOf(db: Database): number {
  const count = Number(db.pragma('page_count', { simple: true }));
  return count * Number(db.pragma('page_size', { simple: true }));
}

function inSchema(problem: string | null): string | null {
  return problem && `cannot be used: its schema ${problem}`;
}

function invalid({ invalid: code, hint }: Subject, what: string, problem: string): Failure {
  return new Failure(code, `${what} ${problem}`, { hint });
}

function cannotWrite(error: unknown): boolean {
  return isSqliteError(error) && /^SQLITE_(?:CANTOPEN|READONLY|PERM)/.test(error.code);
}

function hasPendingChanges(path: string): boolean {
  return isFilled(`${path}-wal`) || isFilled(`${path}-journal`);
}

function isFilled(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
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
