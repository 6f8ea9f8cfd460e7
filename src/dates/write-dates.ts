import { patience, untilFree } from '../database/busy.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { diskError } from '../files/disk.ts';
import { quoted } from '../text.ts';
import { foldSpace } from './date-cell.ts';
import type { WantedDate } from './dated-event.ts';

/** What became of a date. */
export type WrittenDate =
  | { readonly kind: 'taken'; readonly wanted: WantedDate; readonly from: string | null }
  /** Somebody else has put it there meanwhile. */
  | { readonly kind: 'there'; readonly wanted: WantedDate }
  /** The event is gone, or another one. */
  | { readonly kind: 'gone'; readonly wanted: WantedDate };

/** Milliseconds to wait until no other process is writing to the index. */
const PATIENCE_MS = 5000;

/**
 * Writes dates into the index of this host, which others write to as well: all of them in one transaction, or none.
 *
 * @throws {Failure} `lock-timeout`, `disk`, `check-failed`
 * @throws {SqliteError}
 */
export async function writeDates(path: string, dates: readonly WantedDate[]): Promise<WrittenDate[]> {
  try {
    return await untilFree(patience(path, PATIENCE_MS), () => writeOnce(path, dates));
  } catch (error) {
    throw diskError('cannot write', path, error);
  }
}

function writeOnce(path: string, dates: readonly WantedDate[]): WrittenDate[] {
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    return db
      .transaction(() => {
        refuseTriggers(db);
        return dates.map((wanted) => write(db, wanted));
      })
      .immediate();
  } finally {
    db.close();
  }
}

/** A trigger could run for ever, in a call that nothing ends. */
function refuseTriggers(db: Database): void {
  const trigger = db
    .prepare<[], { name: string }>(
      `SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = 'showcases'`,
    )
    .get();
  if (!trigger) return;
  throw new Failure(
    'check-failed',
    `the table showcases of the index has a trigger (${quoted(trigger.name)})`,
    {
      hint: 'Remove the trigger, or set FLEET_DATES=off.',
    },
  );
}

function write(db: Database, wanted: WantedDate): WrittenDate {
  const { event, date } = wanted;
  const { id, year, key, studioId } = event;
  const row = db
    .prepare<unknown[], { date: unknown }>(
      'SELECT "date" FROM main."showcases" WHERE "id" = ? AND "year" = ? AND "key" = ? AND "location_id" = ?',
    )
    .get(id, year, key, studioId);
  if (!row) return { kind: 'gone', wanted };
  const from = typeof row.date === 'string' ? row.date : null;
  if (from !== null && foldSpace(from) === date) return { kind: 'there', wanted };
  db.prepare('UPDATE main."showcases" SET "date" = ? WHERE "id" = ?').run(date, id);
  return { kind: 'taken', wanted, from };
}
