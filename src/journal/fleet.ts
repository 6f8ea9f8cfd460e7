import type { Database } from '../database/sqlite.ts';
import { ensureTrustedDir } from '../database/state-dir.ts';
import { diskError } from '../files/disk.ts';
import { asRoot } from '../rights/rights.ts';
import { moment } from './arrival.ts';
import { journalPath, type LockOptions, lockJournal } from './journal-lock.ts';
import type { DateMemory, FleetRunEnd, NewFleetRun, PublishMemory } from './journal-model.ts';
import { prepareFleetSchema } from './journal-schema.ts';
import { type Kept, setKept, setUndoRun } from './kept-indexes.ts';
import { EVENT_DATES, getMeta, publishedTo, setMeta } from './meta.ts';
import { parseMemory } from './parse.ts';

/** Runs over the fleet that are remembered. */
const KEPT_RUNS = 500;

/**
 * Opens the journal for one write about the fleet, and closes it at once: a run over the fleet never holds the lock,
 * since the machine that it runs on may be one of those to be updated.
 *
 * @throws {Failure} as `acquireJournal`
 */
export async function inFleetJournal<T>(
  options: { dbDir: string } & LockOptions,
  work: (journal: FleetJournal) => T,
): Promise<T> {
  const path = journalPath(ensureTrustedDir(options.dbDir));
  const { db } = await lockJournal(path, options);
  try {
    return asRoot(() =>
      db.transaction(() => {
        prepareFleetSchema(db);
        return work(new FleetJournal(db));
      })(),
    );
  } catch (error) {
    throw diskError('cannot write', path, error);
  } finally {
    asRoot(() => db.close());
  }
}

/** The fleet's part of the journal. Everything that is done with one of these becomes durable together. */
export class FleetJournal {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Records that a run begins. */
  begin({ run, who, target, operation }: NewFleetRun): void {
    if (operation === 'undo') setUndoRun(this.#db, run, '');
    const { lastInsertRowid } = this.#db
      .prepare('INSERT INTO fleet_runs (run, who, target, boot_id, pid, began_at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(run, who, target, moment().bootId, process.pid, Date.now());
    this.#db.prepare('DELETE FROM fleet_runs WHERE sequence <= ?').run(Number(lastInsertRowid) - KEPT_RUNS);
  }

  /** Records how a run ended. */
  finish(run: string, end: FleetRunEnd): void {
    const { durationMs, outcome, published, etag, updated, failed, skipped, errorCode, undoes } = end;
    if (undoes !== undefined) setUndoRun(this.#db, run, undoes);
    this.#db
      .prepare(
        `UPDATE fleet_runs SET duration_ms = ?, outcome = ?, published = ?, etag = ?, updated = ?, failed = ?,
         skipped = ?, error_code = ? WHERE run = ?`,
      )
      .run(durationMs, outcome, published, etag, updated, JSON.stringify(failed), skipped, errorCode, run);
  }

  /** @param store names the bucket, endpoint and all */
  memory(store: string): PublishMemory {
    const text = getMeta(this.#db, publishedTo(store));
    return parseMemory(text);
  }

  rememberDates(memory: DateMemory): void {
    setMeta(this.#db, EVENT_DATES, JSON.stringify(memory));
  }

  remember(store: string, memory: PublishMemory): void {
    setMeta(this.#db, publishedTo(store), JSON.stringify(memory));
  }

  /** @param place names the bucket, endpoint and all; or the machines that are sent it */
  keep(place: string, kept: Kept): void {
    setKept(this.#db, place, kept);
  }
}
