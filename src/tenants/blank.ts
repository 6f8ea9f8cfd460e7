import { closeSync, statSync } from 'node:fs';
import { pageSizeOf } from '../database/header.ts';
import { openRegularFile, readStart } from '../files/regular-file.ts';

/** The largest page that SQLite has. */
const LARGEST_PAGE = 65_536;
const HEADER = 'SQLite format 3\0';
/** The kind of the page that holds the schema when it fits in there. */
const LEAF = 13;

/**
 * Whether a file is a database in which nothing has ever been made: one page, with an empty schema. An application that
 * opens a database which is not here yet, and asks for a write-ahead log, leaves such a file, with the time of just now.
 * Looks at the bytes, and opens it as a database never. False where that cannot be told.
 *
 * @param size of the file, in bytes
 */
export function isBlank(path: string, size: number): boolean {
  // What logs hold is as good as written.
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
