import { Failure } from '../failure.ts';
import type { Database } from '../sqlite.ts';

/** Stands in `user_version`; raise it with every change of the tables. */
const VERSION = 1;

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
  PRAGMA user_version = ${VERSION};
`;

/** Thrown for a file that is a database, but not a journal or a damaged one. */
export class Damaged extends Error {}

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

/** 0 for a new, empty file. Throws as `prepareSchema` does. */
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
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row.name);
  const expected = version === 0 ? '' : 'meta,runs,sqlite_sequence';
  if (tables.join() !== expected) throw new Damaged('its tables are not those of a journal');
  return version;
}
