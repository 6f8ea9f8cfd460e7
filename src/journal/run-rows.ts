import type { Database } from '../database/sqlite.ts';
import type { HistoryRow } from '../report/results.ts';
import { parseList } from './parse.ts';

interface Row {
  readonly run: string;
  readonly trigger: string;
  readonly kind: string;
  readonly began_at: number;
  readonly duration_ms: number | null;
  readonly outcome: string | null;
  readonly changed: string;
  readonly error_code: string | null;
}

/**
 * The last runs, newest first. The caller holds a lock that no running update leaves to it, so a run without an outcome
 * was interrupted, unless it is one of the caller's own.
 */
export function readRows(db: Database, limit: number, own: ReadonlySet<string>): HistoryRow[] {
  return db
    .prepare<[number], Row>(
      `SELECT run, trigger, kind, began_at, duration_ms, outcome, changed, error_code
       FROM runs ORDER BY sequence DESC LIMIT ?`,
    )
    .all(limit)
    .map((row) => ({
      run: row.run,
      trigger: row.trigger as HistoryRow['trigger'],
      kind: row.kind as HistoryRow['kind'],
      beganAt: new Date(row.began_at).toISOString(),
      durationMs: row.duration_ms,
      outcome: (row.outcome ?? (own.has(row.run) ? 'running' : 'interrupted')) as HistoryRow['outcome'],
      changed: parseList(row.changed) as HistoryRow['changed'],
      errorCode: row.error_code as HistoryRow['errorCode'],
    }));
}

/** Runs that are remembered. */
const KEPT_RUNS = 500;
/** Of those, how many keep their whole result: only the newest can be shared, and results can be large. */
const KEPT_RESULTS = 8;

/** @param newest the sequence of the run that has just been recorded */
export function forgetOldRuns(db: Database, newest: number): void {
  db.prepare('DELETE FROM runs WHERE sequence <= ?').run(newest - KEPT_RUNS);
  db.prepare('UPDATE runs SET result = NULL WHERE sequence <= ? AND result IS NOT NULL').run(
    newest - KEPT_RESULTS,
  );
}
