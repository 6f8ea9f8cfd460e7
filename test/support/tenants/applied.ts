/** A command of a shell that writes down that these migrations are applied, as Rails does; `$path` is the database. */
export function applied(...versions: readonly string[]): string {
  const rows = versions.map((version) => `('${version}')`).join(', ');
  return `sqlite3 -init /dev/null "$path" "
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS schema_migrations (version varchar NOT NULL PRIMARY KEY);
INSERT OR IGNORE INTO schema_migrations VALUES ${rows};
COMMIT;"`;
}
