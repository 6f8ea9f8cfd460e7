import { statSync } from 'node:fs';
import { setMtime } from '../rights/files.ts';
import { imageDigest, readImage } from './image.ts';
import type { Database } from './sqlite.ts';

/**
 * Gives a live database a time of last change, if its `imageDigest` is still the given one. No other process can write
 * between the check and the change of the time, so the time never hides another change. The content of a write-ahead
 * log is made durable first, and the log gets the time as well.
 *
 * @param db a connection that may write, to the database at `path`
 * @returns whether it was dated
 * @throws {SqliteError} `SQLITE_BUSY` if another process is writing.
 */
export function dateUnlessChanged(db: Database, path: string, digest: string, mtime: Date): boolean {
  db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(PASSIVE); BEGIN IMMEDIATE');
  try {
    if (imageDigest(readImage(db)) !== digest) return false;
    setMtime(path, mtime.getTime());
    const log = `${path}-wal`;
    if (statSync(log, { throwIfNoEntry: false })) setMtime(log, mtime.getTime());
    return true;
  } finally {
    db.exec('ROLLBACK');
  }
}
