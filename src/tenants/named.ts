import { imageDigest, openImage } from '../database/image.ts';
import { shapeOf } from '../database/shape.ts';
import { type Database, isSqliteError, openDatabase } from '../database/sqlite.ts';
import { readDays } from '../index/read-dates.ts';
import { countRows } from './column.ts';
import type { ProvedImage } from './tenant-image.ts';
import type { EventFacts } from './tenant-model.ts';

/**
 * The prepared database with what the application's seed would have taken from the event, written into its one row of
 * `events`: name and date, of a single event the date alone. A date in which no day can be read is left out: the
 * application refuses every change of such a row.
 *
 * @returns null for one with several rows, and for one in which a change would run what somebody wrote, or cannot be
 * made: then the application's commands must do it
 */
export function nameEvent(template: ProvedImage, facts: EventFacts): ProvedImage | null {
  const values = valuesOf(facts);
  const before = openImage(template.bytes);
  try {
    const rows = countRows(before, 'events');
    if (rows === 0 || rows === null) return template;
    // Which of several is the event's, only its seed knows.
    if (rows > 1 || computes(before)) return null;
  } finally {
    before.close();
  }
  const db = openDatabase(template.bytes);
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('ignore_check_constraints = ON');
    db.pragma('foreign_keys = OFF');
    const columns = columnsOf(db);
    for (const [column, value] of values) {
      if (columns.has(column)) db.prepare(`UPDATE main."events" SET "${column}" = ?`).run(value);
    }
    const bytes = db.serialize();
    return { bytes, digest: imageDigest(bytes) };
  } catch (error) {
    // An index that needs what only the application's SQLite has, such as a collation.
    if (isSqliteError(error)) return null;
    throw error;
  } finally {
    db.close();
  }
}

function valuesOf({ single, name, date, year, locale }: EventFacts): [column: string, value: string][] {
  const dated = date !== null && readDays(date, { year, locale }) !== null;
  return [
    ...(single ? [] : [['name', name] as [string, string]]),
    ...(dated ? [['date', date] as [string, string]] : []),
  ];
}

function columnsOf(db: Database): ReadonlySet<unknown> {
  return new Set(db.prepare("SELECT name FROM pragma_table_xinfo('events')").pluck().all());
}

/** Whether SQLite would run an expression of the application's when a row of `events` is changed. */
function computes(db: Database): boolean {
  const { generated, virtual } = shapeOf(db);
  if (generated.length > 0 || virtual.length > 0) return true;
  const found = db
    .prepare(
      `SELECT 1 FROM main.sqlite_schema WHERE lower(type) = 'trigger'
       UNION ALL SELECT 1 FROM pragma_index_list('events') l, pragma_index_xinfo(l.name) x
       WHERE l.partial = 1 OR x.cid = -2`,
    )
    .get();
  return found !== undefined;
}
