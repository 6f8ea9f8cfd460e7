import { existsSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { diskError } from '../files/disk.ts';
import { Damaged, isDamage, openOrBeginAnew } from './repair.ts';
import { type Database, openDatabase } from './sqlite.ts';

/*
 * This program's own SQLite files: the journal, and the memory about databases in the store. Each has exactly the
 * tables of its version, and nothing else; otherwise it is damaged.
 */

export interface StoreFile {
  /** The SQL of each version; its number is in `user_version`. The first, 0, is an empty file. */
  readonly versions: readonly string[];
  /** By the number of a version: SQL that makes it of the one before, when the file is opened. */
  readonly upgrades?: Readonly<Record<number, string>>;
  /** What is lost with the file, as the end of a hint. */
  readonly lost: string;
  /** Tables whose pages are proved when it is opened, if the others are too large for that; all where absent. */
  readonly proved?: readonly string[];
}

/** How many commits a power cut may lose; a kill loses none. */
export interface Durability {
  /** `FULL`: none. */
  readonly synchronous: 'OFF' | 'NORMAL' | 'FULL';
  /** A write-ahead log, so that readers wait for no writer; a rollback journal where absent. */
  readonly journal?: 'WAL';
}

/**
 * Opens such a file, and makes it if there is none. Several processes may have it open at once. A damaged one is set
 * aside, and a new one made.
 *
 * @throws {Failure} `disk`; `config-invalid` if a newer release made it
 */
export function openStoreFile(path: string, file: StoreFile, durability: Durability): Database {
  try {
    return openOrBeginAnew(path, () => open(path, file, durability));
  } catch (error) {
    throw diskError('cannot open', path, error);
  }
}

/**
 * The same beside another process, whose file it is: a damaged one is left to that process.
 *
 * @throws {Failure} `disk`, also for a damaged one; `config-invalid` if a newer release made it
 */
export function openStoreFileBeside(path: string, file: StoreFile, durability: Durability): Database {
  try {
    return open(path, file, durability);
  } catch (error) {
    if (isDamage(error)) throw damaged(path, error);
    throw diskError('cannot open', path, error);
  }
}

/**
 * The same for a run that changes nothing: a copy in memory, empty if there is no sound file.
 *
 * @throws {Failure} `disk`; `config-invalid` if a newer release made it
 */
export function openStoreCopy(path: string, file: StoreFile): Database {
  const copy = existsSync(path) ? serialized(path, file) : null;
  const db = openDatabase(copy ?? ':memory:');
  if (!copy) db.exec(latest(file));
  return db;
}

/**
 * Inside a transaction: the version of a file, after proving that it has the tables of that version.
 *
 * @throws {Damaged} it does not
 * @throws {Failure} `config-invalid`: a newer release made it
 */
export function provenVersion(db: Database, path: string, { versions, lost }: StoreFile): number {
  const version = versionOf(db);
  const known = versions.length - 1;
  if (version > known) {
    throw new Failure(
      'config-invalid',
      `${path} was made by a newer version of this program (schema ${version}, known: ${known})`,
      { hint: `Deploy that version again; or move the file aside${lost}` },
    );
  }
  if (!hasSchema(db, versions[version] ?? '')) throw unlike(version);
  return version;
}

/**
 * @param tables whose pages are looked at; those of the whole file where absent
 * @throws {Damaged} the pages of the file are not in order
 */
export function provePages(db: Database, tables: readonly (string | number)[] = [1]): void {
  for (const table of tables) {
    // A number would be how many problems are listed.
    const found = db.pragma(`quick_check(${table})`, { simple: true });
    if (found !== 'ok') throw new Damaged(`quick_check says: ${String(found)}`);
  }
}

function open(path: string, file: StoreFile, { synchronous, journal }: Durability): Database {
  const db = openDatabase(path);
  try {
    if (journal) db.pragma(`journal_mode = ${journal}`);
    db.pragma(`synchronous = ${synchronous}`);
    db.transaction(() => begin(db, file)).immediate();
    prove(db, path, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Makes the tables in a new file, and those of the newest version in an old one. */
function begin(db: Database, file: StoreFile): void {
  if (versionOf(db) === 0) beginFirst(db, file);
  const { versions, upgrades = {} } = file;
  for (;;) {
    const version = versionOf(db);
    const upgrade = upgrades[version + 1];
    if (upgrade === undefined) return;
    if (!hasSchema(db, versions[version] ?? '')) throw unlike(version);
    db.exec(`${upgrade} PRAGMA user_version = ${version + 1};`);
  }
}

/** Early releases wrote no version into uploads.db: the tables tell that it is the first. */
function beginFirst(db: Database, file: StoreFile): void {
  if (hasSchema(db, '')) db.exec(latest(file));
  else if (hasSchema(db, file.versions[1] ?? '')) db.pragma('user_version = 1');
}

function prove(db: Database, path: string, file: StoreFile): void {
  if (provenVersion(db, path, file) === 0) throw new Damaged('it has no version');
  provePages(db, file.proved);
}

function serialized(path: string, file: StoreFile): Buffer | null {
  try {
    const db = openDatabase(path, { readonly: true, fileMustExist: true });
    try {
      prove(db, path, file);
      return db.serialize();
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    return null;
  }
}

/** SQL that makes the newest version in an empty file. */
function latest({ versions }: StoreFile): string {
  return `${versions.at(-1)} PRAGMA user_version = ${versions.length - 1};`;
}

const unlike = (version: number): Damaged => new Damaged(`its tables are not those of version ${version}`);

function damaged(path: string, cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure('disk', `${path} is damaged: ${reason}`, {
    hint: 'Restart the server that it belongs to, which sets it aside and begins a new one; then try again.',
    cause,
  });
}

const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/**
 * Whether a database has exactly the tables that these statements make, and nothing else: a foreign trigger or view
 * would run in our connection.
 *
 * @param statements `CREATE TABLE` statements, and others, which are passed over
 */
function hasSchema(db: Database, statements: string): boolean {
  const found = db
    .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'")
    .pluck()
    .all();
  const due = statements.split(';').filter((statement) => /^\s*CREATE /.test(statement));
  return found.map(folded).sort().join() === due.map(folded).sort().join();
}

/** White space, and what SQLite does not keep of a statement. */
function folded(sql: string): string {
  return sql
    .replace(/\bIF NOT EXISTS /, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
