/** `node apply-process.ts DATABASE VERSION...`: writes down that these migrations are applied, as Rails does. */
import { openDatabase } from '../../../src/database/sqlite.ts';

const [path = '', ...versions] = process.argv.slice(2);
const db = openDatabase(path);
db.transaction(() => {
  db.exec('CREATE TABLE IF NOT EXISTS schema_migrations (version varchar NOT NULL PRIMARY KEY)');
  const insert = db.prepare('INSERT OR IGNORE INTO schema_migrations VALUES (?)');
  for (const version of versions) insert.run(version);
}).immediate();
db.close();
