import { join } from 'node:path';
import type { Database } from '../database/sqlite.ts';
import { openStoreFile, type StoreFile } from '../database/store-file.ts';

/*
 * The one file of this room. Times are milliseconds since 1970 where they are compared, else ISO 8601. An event
 * belongs to a run by the run's `sequence`, since there are many of them.
 */
const FIRST = `
CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  cause TEXT NOT NULL,
  who TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  began_at INTEGER,
  ended_at INTEGER,
  not_before INTEGER,
  report TEXT,
  error TEXT,
  exit_code INTEGER,
  last_seq INTEGER NOT NULL DEFAULT 0,
  next TEXT
);
CREATE INDEX runs_by_state ON runs (state);
CREATE TABLE events (
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  made_at INTEGER NOT NULL,
  who TEXT NOT NULL,
  kind TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  studio TEXT,
  old_values TEXT,
  new_values TEXT,
  state TEXT NOT NULL,
  target TEXT NOT NULL,
  publish INTEGER NOT NULL,
  run TEXT,
  live TEXT,
  problem TEXT
);
CREATE INDEX changes_by_run ON changes (run);
CREATE INDEX changes_by_state ON changes (state);
CREATE TABLE reset_tokens (
  hash BLOB PRIMARY KEY,
  user INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) WITHOUT ROWID;
`;

const FILE: StoreFile = {
  versions: ['', FIRST],
  lost: ' (the history of runs and changes is lost with it)',
};

/**
 * Opens the file, which is made if need be. Every commit outlasts a power cut, but those of
 * `lightly`.
 *
 * @throws {Failure} `disk`, `config-invalid`
 */
export function openRunsFile(stateDir: string): Database {
  return openStoreFile(join(stateDir, 'runs.sqlite3'), FILE, { synchronous: 'FULL', journal: 'WAL' });
}

/**
 * Commits without a flush to the disk. A kill loses none of it; a power cut may, and with it the run that it is about,
 * which is then done again.
 */
export function lightly<T>(db: Database, work: () => T): T {
  db.pragma('synchronous = NORMAL');
  try {
    return db.transaction(work).immediate();
  } finally {
    db.pragma('synchronous = FULL');
  }
}
