import { closeSync, statSync } from 'node:fs';
import { openImage, refuseCostlySchema, refuseLarger } from '../database/image.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { codeOf } from '../files/disk.ts';
import { openRegularFile, readStart } from '../files/regular-file.ts';
import { localSubject } from './tenant-failure.ts';
import { MAX_DATABASE_BYTES } from './tenant-image.ts';

interface UntouchedOptions {
  /** Milliseconds to wait for another connection's lock; 5000 by default. */
  readonly busyTimeoutMs?: number;
  /** A larger database is not opened. */
  readonly maxBytes?: number;
}

/** Where a header says whether there is a write-ahead log: 2 for one. */
const VERSIONS_AT = 18;

/**
 * Opens a tenant's database for reading and changes nothing on disk; null if there is none, or an empty file. A
 * connection that reads makes files beside a database with a write-ahead log, unless they exist: if they do not, the
 * bytes are read.
 *
 * @throws {Failure} `tenant-invalid`: it is not a database, not a file, or too large
 * @throws {SqliteError} such as `SQLITE_BUSY`; system errors, such as `EACCES`
 */
export function openUntouched(path: string, name: string, options: UntouchedOptions = {}): Database | null {
  const { maxBytes = Number.POSITIVE_INFINITY, ...rest } = options;
  const image = imageOfLogged(path, name, maxBytes);
  if (image === null) return null;
  const subject = localSubject(name);
  if (!image) refuseCostlySchema(path, subject, { readonly: true, ...rest });
  const db = image
    ? openImage(image, subject)
    : openDatabase(path, { readonly: true, fileMustExist: true, ...rest });
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  return db;
}

/** The bytes of a database that cannot be opened without a trace; undefined for one that can, null for none. */
function imageOfLogged(path: string, name: string, maxBytes: number): Buffer | undefined | null {
  const file = openOrNull(path);
  if (file === 'missing') return null;
  const subject = localSubject(name);
  if (!file)
    throw new Failure(subject.invalid, `${subject.name} is not a regular file`, { hint: subject.hint });
  const { fd, stats } = file;
  try {
    if (stats.size === 0) return null;
    if (stats.size > maxBytes) {
      throw new Failure(subject.invalid, `${subject.name} has ${stats.size} bytes, more than ${maxBytes}`, {
        hint: 'If it is right, raise READY_MAX_DATABASE_MIB.',
      });
    }
    const usesLog = readStart(fd, VERSIONS_AT + 2)
      .subarray(VERSIONS_AT)
      .includes(2);
    const hasLog = statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined;
    if (!usesLog || hasLog) return undefined;
    refuseLarger(subject, `${subject.name} ${path}`, stats.size, MAX_DATABASE_BYTES);
    return readStart(fd, stats.size);
  } finally {
    closeSync(fd);
  }
}

function openOrNull(path: string): ReturnType<typeof openRegularFile> | 'missing' {
  try {
    return openRegularFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'missing';
    if (codeOf(error) === 'ENXIO') return null; // a socket
    throw error;
  }
}
