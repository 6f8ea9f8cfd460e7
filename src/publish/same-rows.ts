import { isDeepStrictEqual } from 'node:util';
import { openImage, sizeOf } from '../database/image.ts';
import { isTooWide, shapeOf } from '../database/shape.ts';
import { type Database, isSqliteError } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';

interface Entry {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

/**
 * Whether two indexes have the same content, down to every table's last row, even if SQLite has laid them out
 * differently: one may have been vacuumed, or restored from a dump. An index that cannot be read is not the same.
 *
 * Theirs is read only if its schema is ours word by word and has nothing to run, and only after its trees are proved to
 * be trees.
 */
export function sameRows(storedImage: Buffer, ownImage: Buffer): boolean {
  try {
    return compare(storedImage, ownImage);
  } catch (error) {
    if (error instanceof Failure || isSqliteError(error)) return false;
    throw error;
  }
}

function compare(storedImage: Buffer, ownImage: Buffer): boolean {
  const there = openImage(storedImage);
  const here = openImage(ownImage);
  try {
    const schema = schemaOf(here);
    if (!isDeepStrictEqual(schemaOf(there), schema)) return false;
    if (!isPlain(there) || !isPlain(here)) return false;
    return schema.filter(({ type }) => type === 'table').every(({ name }) => sameTable(there, here, name));
  } finally {
    there.close();
    here.close();
  }
}

/** Whether its size bounds the time that reading all of it takes. */
function isPlain(db: Database): boolean {
  const shape = shapeOf(db);
  if (shape.generated.length > 0 || shape.virtual.length > 0 || isTooWide(shape, sizeOf(db))) return false;
  return db.prepare('PRAGMA main.quick_check(1)').pluck().get() === 'ok';
}

/** SQLite's own tables aside: statistics and counters. */
function schemaOf(db: Database): Entry[] {
  return db
    .prepare<[], Entry>(
      `SELECT type, name, tbl_name, sql FROM main.sqlite_schema
       WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name, tbl_name`,
    )
    .all();
}

function sameTable(there: Database, here: Database, name: string): boolean {
  const storedRows = rowsOf(there, name);
  try {
    for (const row of rowsOf(here, name)) {
      const other = storedRows.next();
      if (other.done || !isDeepStrictEqual(other.value, row)) return false;
    }
    return storedRows.next().done === true;
  } finally {
    storedRows.return?.(); // a connection that is being read cannot be closed
  }
}

/** Sorted by content, since SQLite may have numbered the rows itself. */
function rowsOf(db: Database, name: string): IterableIterator<unknown[]> {
  const all = `SELECT * FROM main."${name.replaceAll('"', '""')}"`;
  const order = db
    .prepare(all)
    .columns()
    .map((_, at) => at + 1);
  return db
    .prepare<[], unknown[]>(`${all} ORDER BY ${order.join(', ')}`)
    .raw()
    .safeIntegers()
    .iterate();
}
