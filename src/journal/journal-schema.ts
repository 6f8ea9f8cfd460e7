import type { Database } from '../database/sqlite.ts';
import { provenVersion, provePages, type StoreFile } from '../database/store-file.ts';

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE runs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    trigger TEXT NOT NULL,
    kind TEXT NOT NULL,
    app_root TEXT NOT NULL,
    boot_id TEXT,
    began_ns INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    duration_ms REAL,
    outcome TEXT,
    changed TEXT NOT NULL DEFAULT '[]',
    error_code TEXT,
    result TEXT
  );
`;

const FLEET_TABLES = `
  CREATE TABLE fleet_runs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    who TEXT NOT NULL,
    target TEXT NOT NULL,
    boot_id TEXT,
    pid INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    duration_ms REAL,
    outcome TEXT,
    published TEXT,
    etag TEXT,
    updated INTEGER NOT NULL DEFAULT 0,
    failed TEXT NOT NULL DEFAULT '[]',
    skipped INTEGER NOT NULL DEFAULT 0,
    error_code TEXT
  );
`;

/**
 * Version 2 is made only on hosts that record runs over the fleet: other machines keep a journal that older releases
 * can read, so that a deployment can be taken back.
 */
const FILE: StoreFile = {
  versions: ['', TABLES, TABLES + FLEET_TABLES],
  lost: ', and with it the history and the memory of what is installed.',
};

/**
 * Inside an exclusive transaction: makes the tables in a new file, proves those of an old one.
 *
 * @throws {Damaged} the file is not a journal, or its pages are not in order.
 * @throws {Failure} `config-invalid`: a newer version of this program made it.
 */
export function prepareSchema(db: Database, path: string): void {
  if (schemaVersion(db, path) === 0) db.exec(`${TABLES} PRAGMA user_version = 1;`);
  else provePages(db);
}

/** Inside a transaction of the journal's holder: makes the table of runs over the fleet where it is not there yet. */
export function prepareFleetSchema(db: Database): void {
  if (Number(db.pragma('user_version', { simple: true })) < 2)
    db.exec(`${FLEET_TABLES} PRAGMA user_version = 2;`);
}

/** 0 for a new, empty file; from 2 on there are runs over the fleet. Throws as `prepareSchema` does. */
export function schemaVersion(db: Database, path: string): number {
  return provenVersion(db, path, FILE);
}
