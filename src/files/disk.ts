import { statSync } from 'node:fs';
import { Failure } from '../failure.ts';

/** System and SQLite error codes that the disk, not the program, is to blame for, and what to do about each. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_SHMSIZE)$/,
    'Free some space on that file system (df -h, df -i, quota), then run it again.',
  ],
  [
    /^EFBIG$/,
    'That file system, or a limit of this process (ulimit -f), allows no file of that size: raise it, then run it again.',
  ],
  [
    /^(EMFILE|ENFILE)$/,
    'Too many files are open: raise the limit (ulimit -n; for all processes: fs.file-max), then run it again.',
  ],
  [
    /^(EROFS|SQLITE_READONLY_DIRECTORY|SQLITE_READONLY)$/,
    'Make that file system and directory writable, then run it again.',
  ],
  [/^(EACCES|EPERM|SQLITE_PERM|SQLITE_AUTH)$/, 'Run it as root, or as the user that owns that directory.'],
  [
    /^(EISDIR|ENOTDIR|ELOOP|ENOTEMPTY|EEXIST)$/,
    'Move aside the file or directory that is in the way, then run it again.',
  ],
  [/^EBUSY$/, 'A file that is mounted by itself cannot be replaced: mount its directory, then run it again.'],
  [
    /^(EIO|ENXIO|ESTALE|SQLITE_IOERR.*)$/,
    'Look at the free space (df -h) and the health (dmesg) of that disk or volume, then run it again.',
  ],
  [
    /^SQLITE_(CANTOPEN|READONLY).*$/,
    'Check that the directory exists and may be written to, move aside what is there in place of the file, then run it again.',
  ],
];

/** The code of a system or SQLite error; '' for anything else. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/**
 * What to throw for an error met while working on `path`: a `Failure` with code `disk` when the disk is to blame, else
 * the error itself.
 *
 * @param action what was attempted, such as `cannot write`
 */
export function diskError(action: string, path: string, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const hint = HINTS.find(([pattern]) => pattern.test(code))?.[1];
  if (hint === undefined) return error;
  const reason = error instanceof Error ? error.message : code;
  const detail = code.startsWith('SQLITE_') ? `${reason} (${code})` : reason;
  return new Failure('disk', `${action} ${path}: ${detail}`, { hint, cause: error });
}

/** Runs `work`; what it throws passes through `diskError`. */
export function onDisk<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(action, path, error);
  }
}

/** For a directory where a file belongs. */
export function isDirectory(path: string): Failure {
  return new Failure('disk', `${path} is a directory`, {
    hint: 'Move that directory aside; a file belongs there.',
  });
}

/** For a disk that has taken bytes and gives others back. */
export function notAsWritten(path: string): Failure {
  return new Failure('disk', `${path} does not hold what was written to it`, {
    hint: 'Look at the health of that disk or volume (dmesg), then run it again.',
  });
}

/** Device and inode of a file, as text; null when there is none. */
export function fileId(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? `${stats.dev}:${stats.ino}` : null;
}
