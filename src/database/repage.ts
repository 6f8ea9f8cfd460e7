import { rmSync } from 'node:fs';
import { writeNewFile } from '../rights/files.ts';
import { openDatabase } from './sqlite.ts';

/**
 * The same database with pages of another size. SQLite can do that only in a file, so a private one is made at
 * `scratch`, and removed.
 *
 * @throws {SqliteError} when the image is damaged; system errors when there is no room.
 */
export function repage(image: Buffer, pageSize: number, scratch: string): Buffer {
  try {
    const rollback = Buffer.from(image);
    // Bytes 18 and 19 ask for a write-ahead log, with which the page size could not be changed.
    rollback.fill(1, 18, 20);
    const user = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    writeNewFile(scratch, [rollback], { mode: 0o600, ...user });
    const db = openDatabase(scratch);
    try {
      db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = ${pageSize}; VACUUM`);
      return db.serialize();
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { force: true });
  }
}
