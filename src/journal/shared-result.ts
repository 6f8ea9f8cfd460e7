import type { Database } from '../database/sqlite.ts';
import type { RunKind, RunResult } from '../report/results.ts';
import { moment } from './arrival.ts';
import type { Arrival, Caller } from './journal-model.ts';
import { parseResult } from './parse.ts';

/** Which runs' results count for a caller. A forced run does everything that a plain one does. */
const SHAREABLE: Readonly<Record<RunKind, readonly RunKind[]>> = {
  plain: ['plain', 'forced'],
  forced: ['forced'],
  push: ['push', 'forced-push'],
  'forced-push': ['forced-push'],
  rollback: [],
  start: [],
};

/**
 * The result of the latest run that ended, began after `since`, and did at least what the caller wants; null if there
 * is none. It is marked as shared.
 */
export function resultSince(db: Database, since: Arrival, caller: Caller): RunResult | null {
  const kinds = SHAREABLE[caller.kind];
  if (since.bootId === null || kinds.length === 0) return null;
  // A run cannot have begun after now: such a row was not written by this program.
  const now = moment().monotonicNs;
  const row = db
    .prepare<unknown[], { result: string }>(
      `SELECT result FROM runs
       WHERE result IS NOT NULL AND boot_id = ? AND began_ns > ? AND began_ns <= ? AND app_root = ?
         AND kind IN (SELECT value FROM json_each(?))
         AND CASE WHEN ? IS NULL THEN 1 WHEN json_valid(result) THEN json_extract(result, '$.index.sha256') = ? END
       ORDER BY sequence DESC LIMIT 1`,
    )
    .get(
      ...[since.bootId, since.monotonicNs, now, caller.appRoot, JSON.stringify(kinds)],
      ...[caller.sha256 ?? null, caller.sha256 ?? null],
    );
  const result = row ? parseResult(row.result) : null;
  return result && { ...result, shared: true };
}
