import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../database/sqlite.ts';
import { openStoreFile, openStoreFileBeside, type StoreFile } from '../database/store-file.ts';
import { onDisk } from '../files/disk.ts';
import { makePrivateFile } from '../rights/files.ts';
import { DEPLOY_TABLES, SMALL_DEPLOY_TABLES } from './deploys/deploy-tables.ts';
import { HOOK_INDEXES, HOOK_TABLES } from './hooks/hook-tables.ts';

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
  changed_rows TEXT NOT NULL DEFAULT '[]',
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
  versions: [
    '',
    FIRST,
    FIRST + DEPLOY_TABLES,
    FIRST + DEPLOY_TABLES + HOOK_TABLES,
    FIRST + DEPLOY_TABLES + HOOK_TABLES + HOOK_INDEXES,
  ],
  upgrades: { 2: DEPLOY_TABLES, 3: HOOK_TABLES, 4: HOOK_INDEXES },
  lost: ' (the history of runs and changes is lost with it)',
};
/** Events and lines are most of the file: to look at all of them would take longer than the rest of a start. */
const SMALL = ['runs', 'changes', 'reset_tokens', 'webhook_deliveries', ...SMALL_DEPLOY_TABLES];
const DURABLE = { synchronous: 'FULL', journal: 'WAL' } as const;

const pathIn = (stateDir: string): string => join(stateDir, 'runs.sqlite3');

/**
 * Opens the file, which is made if need be, for its owner alone: it holds keys. Every commit outlasts a power cut, but those of `lightly`. A damaged file is
 * set aside; one whose events alone are damaged at the next start after `suspect`.
 *
 * @throws {Failure} `disk`, `config-invalid`
 */
export function openRunsFile(stateDir: string): Database {
  const path = pathIn(stateDir);
  const mark = markOf(path);
  const isSuspect = existsSync(mark);
  const file = isSuspect ? FILE : { ...FILE, proved: SMALL };
  onDisk('cannot prepare', path, () => makePrivateFile(path));
  const db = openStoreFile(path, file, DURABLE);
  if (isSuspect) rmSync(mark, { force: true });
  return db;
}

/**
 * Opens the file beside the server that has it; made if need be. A damaged one is left to the server.
 *
 * @throws {Failure} `disk`, `config-invalid`
 */
export function openRunsFileBeside(stateDir: string): Database {
  const path = pathIn(stateDir);
  onDisk('cannot prepare', path, () => makePrivateFile(path));
  return openStoreFileBeside(path, { ...FILE, proved: SMALL }, DURABLE);
}

/** Has the next start look at every page of a file in which damage was met. */
export function suspect(db: Database): void {
  writeFileSync(markOf(db.name), '');
}

const markOf = (path: string): string => `${path}.suspect`;

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

/**
 * Writes a page of the file, with what it has already: that a disk has room, and takes it, is known by nothing else.
 *
 * @throws {Failure} `disk`
 */
export function proveWritable(db: Database): void {
  onDisk('cannot write', db.name, () =>
    lightly(db, () => db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true }))}`)),
  );
}
