import { existsSync } from 'node:fs';
import { Damaged, openOrBeginAnew } from '../database/repair.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { hasSchema } from '../database/whole-schema.ts';
import { Failure } from '../failure.ts';
import { diskError } from '../files/disk.ts';

/** Stands in `user_version`; raise it with every change of the tables. */
const VERSION = 1;

/** Times are milliseconds since 1970. */
const TABLES = `
  CREATE TABLE seen (
    name TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    time INTEGER NOT NULL,
    digest TEXT,
    at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE times (
    name TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    stored INTEGER NOT NULL,
    time INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE inventories (key TEXT PRIMARY KEY, etag TEXT NOT NULL, content TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE installs (
    name TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    time INTEGER NOT NULL,
    digest TEXT NOT NULL,
    old_digest TEXT,
    old_modified INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the file that holds what this machine knows of the databases in the store, and makes it where there is none.
 * Several processes may have it open at once. A damaged one is set aside: all that is lost with it can be learnt again.
 *
 * @throws {Failure} `disk`; `config-invalid` for one that a newer version has made.
 */
export function openState(path: string): Database {
  try {
    return openOrBeginAnew(path, () => open(path));
  } catch (error) {
    throw diskError('cannot open', path, error);
  }
}

/** The same for a run that changes nothing: a copy in memory, empty where there is no file that could be read. */
export function openStateCopy(path: string): Database {
  const copy = existsSync(path) ? serialized(path) : null;
  const db = openDatabase(copy ?? ':memory:');
  if (!copy) db.exec(TABLES);
  return db;
}

function open(path: string): Database {
  const db = openDatabase(path);
  try {
    // What is lost by a power cut is learnt again, but an install that is announced must be known afterwards.
    db.pragma('synchronous = NORMAL');
    db.transaction(() => {
      if (db.pragma('user_version', { simple: true }) === 0 && hasSchema(db, '')) db.exec(TABLES);
    }).immediate();
    prove(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prove(db: Database, path: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > VERSION) {
    throw new Failure(
      'config-invalid',
      `${path} was made by a newer version of this program (schema ${version}, known: ${VERSION})`,
      { hint: 'Deploy that version again; or move the file aside: what it knows is then learnt again.' },
    );
  }
  if (!hasSchema(db, TABLES)) throw new Damaged('its tables are others');
  const found = db.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new Damaged(`quick_check says: ${String(found)}`);
}

function serialized(path: string): Buffer | null {
  try {
    const db = openDatabase(path, { readonly: true, fileMustExist: true });
    try {
      prove(db, path);
      return db.serialize();
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    return null;
  }
}
