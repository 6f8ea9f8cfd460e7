import { Damaged } from '../database/repair.ts';
import type { Database } from '../database/sqlite.ts';
import { hasSchema } from '../database/whole-schema.ts';
import { Failure } from '../failure.ts';

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
  PRAGMA user_version = 1;
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
  PRAGMA user_version = 2;
`;

/**
 * What each version of the journal consists of; its number stands in `user_version`. Version 2 is made only where
 * runs over the fleet are recorded: the journal of a machine that never runs them stays one that older releases read,
 * so that a deployment can be taken back.
 */
const SCHEMAS = ['', TABLES, TABLES + FLEET_TABLES] as const;
const VERSION = SCHEMAS.length - 1;

/**
 * Inside an exclusive transaction: makes the tables in a new file, proves those of an old one.
 *
 * @throws {Damaged} the file is no journal, or its pages are not in order.
 * @throws {Failure} `config-invalid`: a newer version of this program made it.
 */
export function prepareSchema(db: Database, path: string): void {
  const version = schemaVersion(db, path);
  if (version === 0) {
    db.exec(TABLES);
  } else {
    const found = db.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new Damaged(`quick_check says: ${String(found)}`);
  }
}

/** Inside a transaction of the journal's holder: makes the table of runs over the fleet where it is not there yet. */
export function prepareFleetSchema(db: Database): void {
  if (Number(db.pragma('user_version', { simple: true })) < 2) db.exec(FLEET_TABLES);
}

/** 0 for a new, empty file; from 2 on there are runs over the fleet. Throws as `prepareSchema` does. */
export function schemaVersion(db: Database, path: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > VERSION) {
    throw new Failure(
      'config-invalid',
      `${path} was made by a newer version of this program (schema ${version}, known: ${VERSION})`,
      {
        hint: 'Deploy that version again; or move the file aside, and with it the history and the memory of what is installed.',
      },
    );
  }
  if (!hasSchema(db, SCHEMAS[version] ?? '')) throw new Damaged('its tables are not those of a journal');
  return version;
}
