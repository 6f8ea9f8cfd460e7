import { openImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import type { Warning } from '../warning.ts';
import type { ReadIndex } from './index-model.ts';
import { readYears } from './read-events.ts';
import { readRegions, regionFinder } from './read-regions.ts';
import { compareBytes } from './sort-order.ts';
import { readStudios } from './studios.ts';
import { readUsers } from './users.ts';
import { validateIndex } from './validate.ts';

/**
 * Reads the whole index, in one transaction. A row that cannot be used is left out with a warning, and so are the rows
 * that depend on it; the others stay. The result depends on nothing but the rows.
 *
 * @throws {SqliteError} for a database that `validateIndex` has not passed.
 */
export function readIndex(db: Database): ReadIndex {
  return db.transaction(() => {
    const warnings: Warning[] = [];
    const users = readUsers(db, warnings);
    const regions = readRegions(db, warnings);
    const studios = readStudios(db, regionFinder(regions), warnings);
    const years = readYears(db, studios, warnings);
    const sorted = [...studios.byId.values()].sort((a, b) => compareBytes(a.key, b.key));
    return { index: { users, regions, studios: sorted, years }, warnings };
  })();
}

/**
 * The rows of an image, proved to be an index.
 *
 * @throws {Failure} `index-invalid`, listing everything that is wrong.
 */
export function readValidIndex(image: Buffer): ReadIndex {
  const db = openImage(image);
  try {
    validateIndex(db);
    return readIndex(db);
  } finally {
    db.close();
  }
}
