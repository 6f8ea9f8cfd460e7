import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { quickCheck } from '../index/integrity.ts';
import { imageDigest, openImage } from '../index/open.ts';
import { copyOnce } from '../install/backup.ts';
import { patience, untilFree } from '../install/busy.ts';
import { onDisk } from '../install/disk.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { type Database, openDatabase } from '../sqlite.ts';
import { databaseError, invalidDatabase, localSubject } from '../tenants/failure.ts';
import type { ProvedImage } from '../tenants/image.ts';

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
  /** Milliseconds to wait for a gap that writers leave. */
  readonly patienceMs: number;
}

/** Longer than any date that people write; the inventory is no place for more. */
const LONGEST_DATE = 100;

/**
 * Reads a live database through SQLite's backup API, whoever writes to it meanwhile: one read transaction, all pages at
 * once, so that writers wait for milliseconds. Call it with the tenant's lock held, since the copy has a fixed name: what
 * a killed predecessor left there is replaced.
 *
 * @returns null for a database without tables: an application has made the file and not come further yet.
 * @throws {Failure} `tenant-invalid` for what is no database, or a damaged one; `lock-timeout`; `disk`.
 */
export async function readTenantImage(request: ImageRequest): Promise<TenantImage | null> {
  const { name, path, workDir, patienceMs } = request;
  const copy = join(workDir, `${name}.copy`);
  onDisk('cannot prepare', workDir, () => makePrivateDirectory(workDir));
  try {
    const isCopied = await untilFree(patience(path, patienceMs), () => copyPages(path, copy));
    return isCopied ? proved(name, readFileSync(copy)) : null;
  } catch (error) {
    throw databaseError(name, path, error);
  } finally {
    discard(copy);
  }
}

/** @returns false, and makes no copy, for a database without tables */
async function copyPages(path: string, copy: string): Promise<boolean> {
  discard(copy);
  // It may write, so that SQLite can undo what a killed application left half done; no statement of ours does.
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('query_only = ON');
    // Held until the end, so that nobody writes between the first page and the last.
    db.exec('BEGIN');
    const entries = Number(db.prepare('SELECT count(*) FROM main.sqlite_schema').pluck().get());
    if (entries === 0) return false;
    await copyOnce(db, copy);
    return true;
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
  }
}

/** @throws {Failure} `tenant-invalid` */
function proved(name: string, bytes: Buffer): TenantImage {
  const subject = localSubject(name);
  const db = openImage(bytes, subject);
  try {
    const found = quickCheck(db);
    if (found !== 'ok') throw invalidDatabase(subject, `is not in order: ${found}`);
    return { bytes, digest: imageDigest(bytes), date: firstDate(db) };
  } finally {
    db.close();
  }
}

function firstDate(db: Database): string | null {
  try {
    // A view of that name could run for ever.
    const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'events'").get();
    const date = table ? db.prepare('SELECT date FROM events LIMIT 1').pluck().get() : null;
    return typeof date === 'string' && date.length <= LONGEST_DATE ? date : null;
  } catch {
    return null;
  }
}

function discard(copy: string): void {
  onDisk('cannot remove', copy, () => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(copy + suffix, { force: true });
  });
}
