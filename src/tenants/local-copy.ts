import { type BigIntStats, closeSync, lstatSync, type Stats, statSync } from 'node:fs';
import { wholeSeconds } from '../bucket/object-names.ts';
import { pageSizeOf } from '../database/header.ts';
import { Failure } from '../failure.ts';
import { isDirectory, onDisk } from '../files/disk.ts';
import { openRegularFile, readStart } from '../files/regular-file.ts';
import { lastWritten } from '../install/live-index.ts';
import type { LocalCopy } from './tenant-model.ts';

/**
 * The file at the path of a tenant's database, without opening it as one; null if there is none.
 *
 * @throws {Failure} `disk`: it cannot be read, or is a directory; `tenant-invalid`: it is not a regular file.
 */
export function readLocal(path: string): LocalCopy | null {
  return onDisk('cannot look at', path, () => {
    const link: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
    if (!link) return null;
    const stats = link.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : link;
    if (stats?.isDirectory()) throw isDirectory(path);
    if (!stats?.isFile()) {
      const what = stats ? 'is not a regular file' : 'is a symbolic link to nowhere';
      throw new Failure('tenant-invalid', `${path} ${what}`, {
        hint: 'Move it aside; the database of that event belongs there.',
      });
    }
    const modified = lastWritten(path) ?? stats.mtime;
    const { size } = stats;
    const empty = size === 0 || isBlank(path, size);
    return { size, empty, modified, linked: link.isSymbolicLink() };
  });
}

/** Whether a database that was last changed at `time` belongs in the place of the local one: that is older, or empty. */
export function isOlder(local: LocalCopy, time: Date): boolean {
  return local.empty || wholeSeconds(time) > wholeSeconds(local.modified);
}

/** Changes with every write to a database or to its write-ahead log; looks, and opens nothing. */
export function stampOf(path: string): string {
  const files = [path, `${path}-wal`].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return files.map(describe).join(' ');
}

function describe(stats: BigIntStats | undefined): string {
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}` : '-';
}

/** The largest page that SQLite has. */
const LARGEST_PAGE = 65_536;
const HEADER = 'SQLite format 3\0';
/** The kind of the page that holds the schema when it fits in there. */
const LEAF = 13;

/**
 * Whether a file is a database that has never had a table: one page, with an empty schema. An application that opens a
 * missing database, and asks for a write-ahead log, leaves such a file, with the present time. Looks only at the bytes,
 * and never opens it as a database. False if that cannot be seen.
 *
 * @param size of the file, in bytes
 */
function isBlank(path: string, size: number): boolean {
  // The content of a log counts as written.
  if (size < 512 || size > LARGEST_PAGE || holds(`${path}-wal`) || holds(`${path}-journal`)) return false;
  const head = firstBytes(path, 108);
  if (head?.toString('latin1', 0, HEADER.length) !== HEADER) return false;
  return size === pageSizeOf(head) && head[100] === LEAF && head.readUInt16BE(103) === 0;
}

/** Whether there is such a file, with anything in it. */
export function holds(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function firstBytes(path: string, length: number): Buffer | null {
  let opened: ReturnType<typeof openRegularFile>;
  try {
    opened = openRegularFile(path);
  } catch {
    return null;
  }
  if (!opened) return null;
  try {
    const bytes = readStart(opened.fd, length);
    return bytes.length === length ? bytes : null;
  } finally {
    closeSync(opened.fd);
  }
}
