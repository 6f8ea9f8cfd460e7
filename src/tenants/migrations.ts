import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openInstalled } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { codeOf, onDisk } from '../files/disk.ts';
import { readColumn } from './column.ts';
import { databaseError, localSubject } from './tenant-failure.ts';
import type { TenantDatabase } from './tenant-model.ts';
import { openUntouched } from './untouched.ts';

/** Rows: no application has so many. */
const MOST_MIGRATIONS = 20_000;

const MIGRATION = /^([0-9]+)_.*\.rb$/;

/**
 * The versions of the application's migrations, `<app root>/db/migrate/<version>_<name>.rb`; null where it has no such
 * directory.
 *
 * @throws {Failure} `disk`
 */
export function readMigrations(appRoot: string): readonly string[] | null {
  const directory = join(appRoot, 'db', 'migrate');
  return onDisk('cannot read', directory, () => {
    try {
      const versions = readdirSync(directory).map((file) => MIGRATION.exec(file)?.[1]);
      return versions.filter((version) => version !== undefined).map(plainVersion);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
      throw error;
    }
  });
}

/** How many of these a database lacks: all of them when it has no `schema_migrations`. */
export function countPending(versions: readonly string[], applied: ReadonlySet<string>): number {
  return versions.filter((version) => !applied.has(version)).length;
}

/**
 * The versions that a database has had applied; none where it has no `schema_migrations`, and where there is no
 * database.
 *
 * @param options.dryRun leave everything on disk as it is: no log of the database's is tidied up
 * @throws {Failure} `tenant-invalid`: it is no database; `lock-timeout`; `disk`
 */
export function readApplied(tenant: TenantDatabase, options: { dryRun: boolean }): ReadonlySet<string> {
  const { name, path } = tenant;
  try {
    const db =
      options.dryRun || isLogLeft(path)
        ? openUntouched(path, name)
        : openInstalled(path, { subject: localSubject(name) });
    if (!db) return new Set();
    try {
      return appliedIn(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw databaseError(name, path, error);
  }
}

/** The versions that an open database has had applied. */
export function appliedIn(db: Database): ReadonlySet<string> {
  const versions = readColumn(db, 'schema_migrations', 'version', { rows: MOST_MIGRATIONS, bytes: 40 });
  return new Set(versions.map((version) => plainVersion(String(version))));
}

/** As a number has it, but of any length. */
function plainVersion(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, '');
}

/**
 * Whether changes stand in a write-ahead log. Whoever closes such a database last writes them into it, which would look
 * like a change of just now: it would keep a newer version in the store from being fetched. One that reads alone does not.
 * A rollback journal must be undone first, which it could not.
 */
function isLogLeft(path: string): boolean {
  const [log, journal] = ['-wal', '-journal'].map((suffix) =>
    statSync(path + suffix, { throwIfNoEntry: false }),
  );
  return (log?.size ?? 0) > 0 && (journal?.size ?? 0) === 0;
}
