import { lstatSync, renameSync, type Stats, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Failure } from '../failure.ts';

export type Database = BetterSqlite3.Database;
export type Statement<Given extends unknown[], Row> = BetterSqlite3.Statement<Given, Row>;

/** Set by build.mjs to true: then the addon is beside the executable, and there is no node_modules. */
declare const __BUNDLED__: boolean | undefined;

export interface OpenOptions {
  readonly?: boolean;
  fileMustExist?: boolean;
  /** Milliseconds to wait for another connection's lock. */
  busyTimeoutMs?: number;
}

let addon: object | undefined;

/**
 * The native half, loaded by path from beside the executable. Through createRequire, so that the bundler leaves the
 * path alone; and only when the first database is opened, after the entry file has checked Node's version.
 *
 * @throws {Failure} `config-invalid`: it is not there, or of another platform.
 */
function bundledAddon(): object | undefined {
  if (typeof __BUNDLED__ === 'undefined' || !__BUNDLED__) return undefined;
  const path = join(__dirname, 'better_sqlite3.node');
  try {
    addon ??= createRequire(__filename)(path) as object;
    return addon;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Failure('config-invalid', `the database driver ${path} cannot be loaded: ${reason}`, {
      hint: 'Copy better_sqlite3.node there from the same build, and build for this platform (node build.mjs --help).',
      cause: error,
    });
  }
}

/**
 * Opens a database file, or the image of one held in memory (a Buffer; changes are not written back).
 *
 * @throws {SqliteError} with SQLite's own code (`SQLITE_CANTOPEN`, `SQLITE_NOTADB`, ...).
 * @throws {Failure} `config-invalid`: there is no driver for it; `disk`: something else stands in the place of a file.
 */
export function openDatabase(source: string | Buffer, options: OpenOptions = {}): Database {
  const { busyTimeoutMs = 5000, ...rest } = options;
  if (typeof source === 'string' && source !== ':memory:') clearTheWay(source, rest.readonly === true);
  const nativeBinding = bundledAddon();
  return new BetterSqlite3(source, {
    ...rest,
    timeout: busyTimeoutMs,
    // The types know only a path here; the library takes a loaded addon as well.
    ...(nativeBinding ? { nativeBinding: nativeBinding as unknown as string } : {}),
  });
}

/**
 * SQLite opens any kind of file at its paths, and waits there: a pipe in the place of a journal would block this
 * process for ever. Such a thing beside the database is moved aside; in the place of the database itself it is an
 * error.
 */
function clearTheWay(path: string, readonly: boolean): void {
  if (isSpecial(statSync(path, { throwIfNoEntry: false }))) throw notAFile(path);
  for (const suffix of ['-journal', '-wal', '-shm']) {
    const beside = path + suffix;
    if (!isSpecial(lstatSync(beside, { throwIfNoEntry: false }))) continue;
    if (readonly) throw notAFile(beside);
    const stamp = new Date().toISOString().replaceAll(/[-:.]/g, '');
    renameSync(beside, `${beside}.not-a-file-${stamp}`);
  }
}

/** Directories and links are SQLite's to refuse. */
function isSpecial(stats: Stats | undefined): boolean {
  return stats !== undefined && !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink();
}

function notAFile(path: string): Failure {
  return new Failure('disk', `${path} is a pipe, a socket or a device, not a file`, {
    hint: 'Move it aside, then run it again. Find out which program made it.',
  });
}

/** Whether an error is SQLite's own, with a `code` such as `SQLITE_CORRUPT`. */
export function isSqliteError(error: unknown): error is Error & { code: string } {
  return error instanceof BetterSqlite3.SqliteError;
}
