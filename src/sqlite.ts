import { createRequire } from 'node:module';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';

export type Database = BetterSqlite3.Database;

/** Set by build.mjs to true: then the addon stands beside the executable, and no node_modules is needed. */
declare const __BUNDLED__: boolean | undefined;

export interface OpenOptions {
  readonly?: boolean;
  fileMustExist?: boolean;
  /** Milliseconds to wait for another connection's lock. */
  busyTimeoutMs?: number;
}

type Constructor = typeof BetterSqlite3;
let constructor: Constructor | undefined;
let addon: object | undefined;

function load(): Constructor {
  if (constructor) return constructor;
  if (typeof __BUNDLED__ !== 'undefined' && __BUNDLED__) {
    // esbuild inlines the JavaScript half; the native half is loaded by path, from beside the executable.
    constructor = require('better-sqlite3') as Constructor;
    addon = createRequire(__filename)(join(__dirname, 'better_sqlite3.node')) as object;
  } else {
    constructor = createRequire(import.meta.url)('better-sqlite3') as Constructor;
  }
  return constructor;
}

/**
 * Opens a database file, or the image of one held in memory (a Buffer; changes are not written back).
 *
 * @throws {SqliteError} with SQLite's own code (`SQLITE_CANTOPEN`, `SQLITE_NOTADB`, ...).
 */
export function openDatabase(source: string | Buffer, options: OpenOptions = {}): Database {
  const Database = load();
  return new Database(source, {
    ...(options.readonly === undefined ? {} : { readonly: options.readonly }),
    ...(options.fileMustExist === undefined ? {} : { fileMustExist: options.fileMustExist }),
    timeout: options.busyTimeoutMs ?? 5000,
    ...(addon ? { nativeBinding: addon as unknown as string } : {}),
  });
}
