import { type Database, isSqliteError } from './sqlite.ts';

/**
 * SQLite's own check of a database. An application may use its own collations and functions in checks and indexes,
 * which this program does not have: tables that need one are walked through instead.
 *
 * @returns `ok`, or what is wrong
 */
export function quickCheck(db: Database): string {
  try {
    return String(db.pragma('main.quick_check(1)', { simple: true }));
  } catch (error) {
    const problem = problemOf(error);
    if (problem !== null) return problem;
  }
  const tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0";
  for (const name of db.prepare<[], string>(tables).pluck().all()) {
    const found = checkTable(db, `"${name.replaceAll('"', '""')}"`);
    if (found !== 'ok') return found;
  }
  return 'ok';
}

function checkTable(db: Database, quoted: string): string {
  try {
    return String(db.pragma(`main.quick_check(${quoted})`, { simple: true }));
  } catch (error) {
    const problem = problemOf(error);
    if (problem !== null) return problem;
  }
  try {
    db.prepare(`SELECT count(*) FROM main.${quoted} NOT INDEXED`).get();
    return 'ok';
  } catch (error) {
    return problemOf(error) ?? 'ok';
  }
}

/**
 * The problem of the database that an error reports; null if it only lacks a function or collation of the application.
 *
 * @throws an error that is not about the database: a lock, or the disk
 */
function problemOf(error: unknown): string | null {
  if (!isSqliteError(error) || /^SQLITE_(?:BUSY|LOCKED|IOERR|FULL|CANTOPEN|NOMEM)/.test(error.code))
    throw error;
  const { code, message } = error;
  if (code === 'SQLITE_ERROR_MISSING_COLLSEQ') return null;
  const isUnknown = /^(?:unknown function|no such (?:function|module)|unsafe use of)/.test(message);
  return code === 'SQLITE_ERROR' && isUnknown ? null : message;
}
