import type { Database } from '../database/sqlite.ts';
import { openStoreCopy, openStoreFile, type StoreFile } from '../database/store-file.ts';

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
`;

const FILE: StoreFile = { versions: ['', TABLES], lost: ': what it knows is then learnt again.' };

/**
 * Opens the file that holds what this machine knows of the databases in the store, and makes it where there is none.
 * Several processes may have it open at once. A damaged one is set aside: all that is lost with it can be learnt again.
 *
 * @throws {Failure} `disk`; `config-invalid` for one that a newer version has made.
 */
export function openState(path: string): Database {
  // Facts lost in a power cut are learnt again, but an announced install must be known afterwards.
  return openStoreFile(path, FILE, { synchronous: 'NORMAL' });
}

/** The same for a run that changes nothing: a copy in memory, empty if there is no readable file. */
export function openStateCopy(path: string): Database {
  return openStoreCopy(path, FILE);
}
