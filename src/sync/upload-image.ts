import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyOnce } from '../database/backup.ts';
import { patience, untilFree } from '../database/busy.ts';
import { imageDigest, refuseCostlySchema, refuseLarger, sizeOf } from '../database/image.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { onDisk } from '../files/disk.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { readColumn } from '../tenants/column.ts';
import { databaseError, localSubject } from '../tenants/tenant-failure.ts';
import { MAX_DATABASE_BYTES, type ProvedImage } from '../tenants/tenant-image.ts';
import { readProved } from '../tenants/version-order.ts';

/** A tenant's database as it was after one of its transactions, proved to be in order. */
export interface TenantImage extends ProvedImage {
  /** The first event's date as the tenant wrote it; null where there is none that could be read. */
  readonly date: string | null;
}

export interface ImageRequest {
  /** Of the tenant. */
  readonly name: string;
  /** The live database. */
  readonly path: string;
  /** Where copies are made; it is made if need be. */
  readonly workDir: string;
  /** Milliseconds to wait for a gap that writers leave, and, where that is less than 10 s, for a check. */
  readonly patienceMs: number;
  /** Bytes; a larger database is refused before it is copied. By default that of `READY_MAX_DATABASE_MIB`, 512 MiB. */
  readonly maxBytes?: number;
}

/** Bytes: more than any real date has; the inventory keeps no longer text. */
const LONGEST_DATE = 100;

/**
 * Reads a live database through SQLite's backup API, even while others write to it: one read transaction, all pages at
 * once, so that writers wait for milliseconds. Call it with the tenant's lock held, since the copy has a fixed name:
 * the copy of a killed run is replaced.
 *
 * @returns null for a database without tables: an application has made the file and not come further yet.
 * @throws {Failure} `tenant-invalid`: not a database, damaged, too large, or a check that takes too long;
 *   `lock-timeout`; `disk`; `command-failed`.
 */
export async function readTenantImage(request: ImageRequest): Promise<TenantImage | null> {
  const { name, path, workDir, patienceMs, maxBytes = MAX_DATABASE_BYTES } = request;
  const subject = localSubject(name);
  const copy = join(workDir, `${name}.copy`);
  onDisk('cannot prepare', workDir, () => makePrivateDirectory(workDir));
  try {
    const isCopied = await untilFree(patience(path, patienceMs), () => {
      refuseLarger(subject, subject.name, statSync(path).size, maxBytes);
      refuseCostlySchema(path, subject, { busyTimeoutMs: 0 });
      return copyPages(path, copy, (size) => refuseLarger(subject, subject.name, size, maxBytes));
    });
    if (!isCopied) return null;
    const bytes = readFileSync(copy);
    const date = await readProved(bytes, subject, firstDate, patienceMs);
    return { bytes, digest: imageDigest(bytes), date };
  } catch (error) {
    throw databaseError(name, path, error);
  } finally {
    discard(copy);
  }
}

/**
 * @param admit throws for a database of more bytes than are allowed: its log may make it larger than its file
 * @returns false, and makes no copy, for a database without tables
 */
async function copyPages(path: string, copy: string, admit: (size: number) => void): Promise<boolean> {
  discard(copy);
  // Opened for writing, so that SQLite can undo a transaction of a killed application; our own statements only read.
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('query_only = ON');
    // Held until the end, so that no process writes between the first page and the last.
    db.exec('BEGIN');
    const entries = Number(db.prepare('SELECT count(*) FROM main.sqlite_schema').pluck().get());
    if (entries === 0) return false;
    admit(sizeOf(db));
    await copyOnce(db, copy);
    return true;
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
  }
}

function firstDate(db: Database): string | null {
  try {
    const [date] = readColumn(db, 'events', 'date', { rows: 1, bytes: LONGEST_DATE });
    return typeof date === 'string' ? date : null;
  } catch {
    return null;
  }
}

function discard(copy: string): void {
  onDisk('cannot remove', copy, () => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(copy + suffix, { force: true });
  });
}
