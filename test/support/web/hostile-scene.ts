import { openDatabase } from '../../../src/database/sqlite.ts';
import { HOSTILE_NAMES } from '../browser/hostile-index.ts';
import { ACCOUNTS, webIndex } from './web-people.ts';

/** `webIndex` in which everything that people type is hostile, but for who logs in. Each name is in every table. */
export function hostileIndex(): Buffer {
  const db = openDatabase(webIndex().image);
  try {
    const nameOf = (at: number): string => HOSTILE_NAMES[at % HOSTILE_NAMES.length] ?? '';
    const each = (table: string, columns: readonly string[], where = '1'): void => {
      const ids = db.prepare<[], number>(`SELECT id FROM ${table} WHERE ${where}`).pluck().all();
      const sets = columns.map((column) => `"${column}" = ?`).join(', ');
      const update = db.prepare(`UPDATE ${table} SET ${sets} WHERE id = ?`);
      for (const [at, id] of ids.entries()) update.run(...columns.map(() => nameOf(at)), id);
    };
    each('showcases', ['name', 'date']);
    each('locations', ['name', 'logo', 'sisters', 'region', 'locale'], 'user_id IS NULL');
    each('regions', ['location', 'type'], "code != 'iad'");
    const known = Object.values(ACCOUNTS).map(({ userid }) => `'${userid}'`);
    each('users', ['userid', 'email', 'name1', 'name2', 'sites'], `userid NOT IN (${known.join(', ')})`);
    return db.serialize();
  } finally {
    db.close();
  }
}
