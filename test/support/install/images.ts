import { writeFileSync } from 'node:fs';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';

export interface ImageOptions {
  readonly pageSize?: number;
  readonly wal?: boolean;
  readonly rows?: number;
}

/**
 * A database image all of whose rows carry its version and their number, so that a torn mix of two can be told at a glance; images of
 * different versions differ in size, too.
 */
export function versionImage(
  version: number,
  { pageSize = 4096, wal = false, rows = 400 }: ImageOptions = {},
): Buffer {
  const db = openDatabase(':memory:');
  try {
    db.exec(`PRAGMA page_size = ${pageSize};
      CREATE TABLE facts (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, total INTEGER NOT NULL, filler TEXT NOT NULL);
      CREATE INDEX facts_by_version ON facts (version, filler);
      CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)`);
    const insert = db.prepare('INSERT INTO facts (version, total, filler) VALUES (?, ?, ?)');
    db.transaction(() => {
      const count = rows + (version % 3) * 50;
      for (let row = 0; row < count; row++) insert.run(version, count, `${version}:${row}`.padEnd(60, 'x'));
    })();
    const image = db.serialize();
    if (wal) image.fill(2, 18, 20);
    return image;
  } finally {
    db.close();
  }
}

/** The one version that all rows carry; throws when they are mixed. */
export function versionIn(db: Database): number {
  const row = db
    .prepare<[], { least: number; most: number; count: number; total: number }>(
      'SELECT min(version) AS least, max(version) AS most, count(*) AS count, max(total) AS total FROM facts NOT INDEXED',
    )
    .get();
  if (!row || row.least !== row.most) throw new Error(`torn: versions ${row?.least} to ${row?.most}`);
  if (row.count !== row.total) throw new Error(`torn: ${row.count} of ${row.total} rows`);
  return row.least;
}

/** The version of the database file at `path`, after a whole integrity check. */
export function provenVersion(path: string): number {
  const db = openDatabase(path, { fileMustExist: true });
  try {
    const found = db.pragma('integrity_check', { simple: true });
    if (found !== 'ok') throw new Error(`integrity_check: ${String(found)}`);
    return versionIn(db);
  } finally {
    db.close();
  }
}

/** Makes a live database of an image, in the journal mode wanted. */
export function makeLive(path: string, image: Buffer, mode: 'wal' | 'delete'): void {
  writeFileSync(path, image);
  const db = openDatabase(path, { fileMustExist: true });
  try {
    db.pragma(`journal_mode = ${mode}`);
  } finally {
    db.close();
  }
}
