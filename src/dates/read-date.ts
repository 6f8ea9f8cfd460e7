import type { Database } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { databaseError } from '../tenants/tenant-failure.ts';
import { openUntouched } from '../tenants/untouched.ts';
import { MAX_DATE, readDateText } from './date-cell.ts';
import type { DatedEvent } from './dated-event.ts';

/** The date in an event's own database. */
export type FoundDate =
  | { readonly kind: 'date'; readonly date: string }
  /** It names none. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'unread';
      /** A sentence. */
      readonly reason: string;
      /** Whether that stays so until the file changes. */
      readonly lasting: boolean;
    };

/** Characters that are looked at: white space that is folded may make a text longer than a date is. */
const MOST_READ = MAX_DATE * 4;

/**
 * Reads `events.date` of an event's own database, which is the application's: for reading only, without waiting for a
 * lock, and so that nothing in its schema is run. Whatever goes wrong with it is a value.
 */
export function readEventDate({ database, path }: DatedEvent, maxBytes: number): FoundDate {
  try {
    const db = openUntouched(path, database, { busyTimeoutMs: 0, maxBytes });
    if (!db) return { kind: 'none' };
    try {
      return dateIn(db, database);
    } finally {
      db.close();
    }
  } catch (error) {
    const failure = databaseError(database, path, error);
    if (!(failure instanceof Failure)) throw failure;
    return { kind: 'unread', reason: failure.message, lasting: failure.code === 'tenant-invalid' };
  }
}

function dateIn(db: Database, database: string): FoundDate {
  const unread = (problem: string): FoundDate => {
    return { kind: 'unread', reason: `the database of ${database}: ${problem}`, lasting: true };
  };
  const obstacle = obstacleIn(db);
  if (obstacle !== null) return unread(obstacle);
  const row = db
    .prepare<[number], { type: string; text: string }>(
      'SELECT typeof("date") AS type, substr("date", 1, ?) AS text FROM main."events" LIMIT 1',
    )
    .get(MOST_READ);
  if (!row || row.type === 'null') return { kind: 'none' };
  if (row.type !== 'text') return unread(`its date is not text (${row.type})`);
  if (row.text.trim() === '') return { kind: 'none' };
  const read = readDateText(row.text);
  return 'date' in read ? { kind: 'date', date: read.date } : unread(`its date ${read.problem}`);
}

/** A view, a virtual table or a computed column would run foreign code. */
function obstacleIn(db: Database): string | null {
  const found = db
    .prepare<[], { type: string; rootpage: number | null }>(
      `SELECT type, rootpage FROM main.sqlite_schema WHERE lower(name) = 'events' AND type IN ('table', 'view')`,
    )
    .get();
  if (!found) return 'it has no table events';
  if (found.type !== 'table' || !found.rootpage) return 'events is not an ordinary table in it';
  const columns = db.pragma('main.table_xinfo("events")') as { name: string; hidden: number }[];
  const column = columns.find(({ name }) => name.toLowerCase() === 'date');
  if (!column) return 'its table events has no column date';
  return column.hidden === 0 ? null : 'the date of its events is computed';
}
