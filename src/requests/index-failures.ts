import { isSqliteError } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { printable } from '../text.ts';

/** What the index was not free for, or is not, in the words of the web; anything else as it is. */
export function indexFailure(path: string, error: unknown): unknown {
  if (isSqliteError(error) && /^SQLITE_(?:NOTADB|CORRUPT)/.test(error.code)) {
    const message = `the index ${path} cannot be used: ${printable(error.message)} (${error.code})`;
    const hint = 'Nothing was changed. Put a good index in its place, from the store or a backup.';
    return new Failure('index-invalid', message, { hint, cause: error });
  }
  if (!(error instanceof Failure) || error.code !== 'lock-timeout') return error;
  return new Failure('busy', error.message, {
    hint: 'Nothing was changed. Try again in a moment; if it stays so, look for a program that holds a transaction open on the index (fuser, lsof).',
    cause: error,
  });
}

export function indexMissing(path: string): Failure {
  return new Failure('index-missing', `there is no index ${path}`, {
    hint: 'Say where the databases are (RAILS_DB_VOLUME), or put the index there.',
  });
}

export function indexReplaced(path: string): Failure {
  return new Failure('busy', `another file has just replaced the index ${path}`, {
    hint: 'Look whether the new one has what you did; if not, do it again.',
  });
}
