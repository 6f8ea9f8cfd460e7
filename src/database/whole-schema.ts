import type { Database } from './sqlite.ts';

/**
 * Whether a database has exactly the tables that these statements make, and nothing beside: a trigger or a view of
 * somebody else's would run in our connection.
 *
 * @param statements `CREATE TABLE` statements, and others, which are passed over
 */
export function hasSchema(db: Database, statements: string): boolean {
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
