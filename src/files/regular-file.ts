import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/*
 * Others can put anything in the place of a file: a pipe that is waited for without end, a link to a device that never
 * ends, a file with a hole of gigabytes. So what is read is opened without waiting, looked at by its descriptor, and
 * read up to a limit.
 */

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** The result of reading a path. */
export type Found =
  | { readonly kind: 'missing' }
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly stats: Stats }
  /** Bytes. */
  | { readonly kind: 'too-large'; readonly size: number }
  | { readonly kind: 'directory' }
  /** A link, a pipe, a device, a socket; or a file that its owner holds, so that it would be waited for. */
  | { readonly kind: 'special' };

/**
 * Opens a regular file for reading, wherever a link leads; null for anything else, and for one that its owner holds (a
 * lease of his makes others wait).
 *
 * @throws system errors, such as `EACCES`
 */
export function openRegularFile(path: string): { readonly fd: number; readonly stats: Stats } | null {
  const fd = openUnlessHeld(path);
  if (fd === null) return null;
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, stats };
  closeSync(fd);
  return null;
}

function openUnlessHeld(path: string): number | null {
  try {
    return openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

/**
 * Reads a regular file, whole or not at all. A link at the end of the path is not followed.
 *
 * @param maxBytes a larger file is not read
 * @throws system errors, such as `EACCES`
 */
export function readRegularFile(path: string, maxBytes: number): Found {
  const fd = openUnfollowed(path);
  if (typeof fd !== 'number') return { kind: fd };
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) return { kind: 'directory' };
    if (!stats.isFile()) return { kind: 'special' };
    if (stats.size > maxBytes) return { kind: 'too-large', size: stats.size };
    return { kind: 'file', bytes: readStart(fd, stats.size), stats };
  } finally {
    closeSync(fd);
  }
}

/** The first bytes of an open file: as many as there are, up to `size`. */
export function readStart(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const got = readSync(fd, bytes, done, size - done, done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}

/** Bytes that are read at a time. */
const PIECE = 256 * 1024;

/**
 * Hex SHA-256 of a regular file, if it has exactly this number of bytes; else null, also for anything but a file. A
 * link at the end of the path is not followed.
 *
 * @throws system errors, such as `EACCES`
 */
export function hashRegularFile(path: string, size: number): string | null {
  const opened = openUnfollowed(path);
  if (typeof opened !== 'number') return null;
  try {
    const stats = fstatSync(opened);
    if (!stats.isFile() || stats.size !== size) return null;
    const digest = createHash('sha256');
    const room = Buffer.allocUnsafe(Math.min(size, PIECE));
    for (let done = 0; done < size; ) {
      const got = readSync(opened, room, 0, Math.min(room.length, size - done), done);
      if (got === 0) return null;
      digest.update(room.subarray(0, got));
      done += got;
    }
    return digest.digest('hex');
  } finally {
    closeSync(opened);
  }
}

/** A descriptor, or why there is none. */
function openUnfollowed(path: string): number | 'missing' | 'special' {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'missing';
    if (['ELOOP', 'ENXIO', 'ENODEV', 'EAGAIN'].includes(code ?? '')) return 'special';
    throw error;
  }
}
