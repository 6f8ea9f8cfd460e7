import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { openRegularFile } from '../files/regular-file.ts';
import { isPageSize, pageSizeOf } from './header.ts';
import { committedFrames, LOG_FRAME_HEADER } from './log-frames.ts';

/** The pages of a database as its next reader will see them, read without SQLite. */
export interface Pages {
  /** Bytes of a page. */
  readonly size: number;
  /** By number, from 1; null for one that is not there whole. The caller may not write to it. */
  read(number: number): Buffer | null;
}

const HEADER_BYTES = 100;

/** @returns null for a page size that SQLite refuses by itself */
export function pagesOfImage(image: Buffer): Pages | null {
  const size = sizeFrom(image);
  if (size === null) return null;
  return { size, read: (number) => whole(image.subarray((number - 1) * size, number * size), size) };
}

/**
 * Reads the pages of a database on disk, including those in its write-ahead log. Do not call it while this process has
 * that database open with a lock: closing a file ends all locks of a process on it.
 *
 * @param work gets null for files that SQLite refuses by itself: not a regular file, an empty one, no valid page size
 * @throws system errors
 */
export function withPagesOf<T>(path: string, work: (pages: Pages | null) => T): T {
  // SQLite, too, has the log beside the file that a link leads to.
  const real = realpathSync(path);
  const file = openRegularFile(real);
  if (!file) return work(null);
  try {
    if (file.stats.size === 0) return work(null);
    const log = openLog(`${real}-wal`);
    try {
      return work(pagesIn(file.fd, log));
    } finally {
      if (log !== null) closeSync(log);
    }
  } finally {
    closeSync(file.fd);
  }
}

/**
 * Whether a database on disk has a write-ahead log, by its header (bytes 18 and 19): asking SQLite for the journal mode
 * makes it read the schema. Do not call it while this process has a lock on it, either.
 *
 * @throws system errors
 */
export function usesLog(path: string): boolean {
  const file = openRegularFile(path);
  if (!file) return false;
  try {
    return readAt(file.fd, 0, HEADER_BYTES)?.subarray(18, 20).includes(2) ?? false;
  } finally {
    closeSync(file.fd);
  }
}

function pagesIn(fd: number, log: number | null): Pages | null {
  const frames = log === null ? null : committedFrames(log);
  const header = readAt(fd, 0, HEADER_BYTES);
  // SQLite uses the log, even if the log replaces the header that announces it.
  const size = frames ? frames.pageSize : header && sizeFrom(header);
  if (size === null) return null;
  return {
    size,
    read(number) {
      const frame = frames?.at.get(number);
      if (log !== null && frame !== undefined) return readAt(log, frame + LOG_FRAME_HEADER, size);
      return readAt(fd, (number - 1) * size, size);
    },
  };
}

function sizeFrom(header: Buffer): number | null {
  if (header.length < HEADER_BYTES) return null;
  const size = pageSizeOf(header);
  return isPageSize(size) ? size : null;
}

function readAt(fd: number, at: number, length: number): Buffer | null {
  const bytes = Buffer.allocUnsafe(length);
  return whole(bytes.subarray(0, readSync(fd, bytes, 0, length, at)), length);
}

function whole(bytes: Buffer, length: number): Buffer | null {
  return bytes.length === length ? bytes : null;
}

/** Null if there is no log, or SQLite would not use it: a link, or not a regular file. */
function openLog(path: string): number | null {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (/^(ENOENT|ELOOP|ENXIO)$/.test((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return null;
}
