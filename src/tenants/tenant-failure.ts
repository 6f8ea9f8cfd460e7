import type { Subject } from '../database/image.ts';
import { isSqliteError } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { codeOf, diskError } from '../files/disk.ts';
import { printable } from '../text.ts';

/** @param problem the end of a sentence about the database; may hold text from outside */
export function invalidDatabase(subject: Subject, problem: string, cause?: unknown): Failure {
  const options = { hint: subject.hint, ...(cause === undefined ? {} : { cause }) };
  return new Failure(subject.invalid, `${subject.name} ${printable(problem)}`, options);
}

/** How messages speak of a database on this machine. */
export function localSubject(name: string): Subject {
  return {
    name: `the database of ${name}`,
    invalid: 'tenant-invalid',
    hint: "Repair it (sqlite3's .recover), or move it aside: then the store's takes its place.",
  };
}

/** What to throw for an error met while working on a live database. */
export function databaseError(name: string, path: string, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const subject = localSubject(name);
  const problem = error instanceof Error ? error.message : String(error);
  if (isNoDatabase(error)) return invalidDatabase(subject, `is not in order: ${problem}`, error);
  if (/^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))) {
    return new Failure('lock-timeout', `${subject.name} is locked by another process`, {
      hint: 'End the process that holds a transaction open on it, then run it again.',
      cause: error,
    });
  }
  const failure = diskError('cannot work on', path, error);
  // Whatever else SQLite says of a database is the database's: an unknown format, or a schema that it cannot read.
  return isSqliteError(failure) ? invalidDatabase(subject, `cannot be read: ${problem}`, error) : failure;
}

/** Whether an error says that something is not a database, or is damaged. */
export function isNoDatabase(error: unknown): boolean {
  return /^(SQLITE_(NOTADB|CORRUPT).*|index-invalid|tenant-invalid)$/.test(codeOf(error));
}
