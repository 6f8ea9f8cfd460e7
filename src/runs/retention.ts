import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '../database/sqlite.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;
const KEPT_RUNS = 1000;
/** Those that failed stay so many times as long, and so do changes, which are the history of the index. */
const LONGER = 2;
/** Events that one commit removes. */
const SLICE = 500;

/**
 * Removes runs that are over and older than 90 days or the last 1,000, failed ones after twice as many; changes that
 * are settled after 180 days; and tokens that are of no use any more. In slices, so that nobody waits for long.
 *
 * @returns how many runs it removed
 * @throws {SqliteError}
 */
export async function removeOld(db: Database, now: number, signal: AbortSignal): Promise<number> {
  db.prepare('DELETE FROM reset_tokens WHERE expires_at < ?').run(now - DAY_MS);
  db.prepare("DELETE FROM changes WHERE made_at < ? AND state IN ('live', 'failed', 'dropped')").run(
    now - LONGER * KEPT_DAYS * DAY_MS,
  );
  const old = oldRuns(db, now);
  for (const sequence of old) {
    while (removeSlice(db, sequence)) {
      await turn();
      if (signal.aborted) return 0;
    }
  }
  return old.length;
}

interface Old {
  /** JSON */
  readonly states: string;
  readonly before: number;
  readonly kept: number;
}

/** Runs that are over, and that no change waits for. */
function oldRuns(db: Database, now: number): number[] {
  const select = db
    .prepare<[Old], number>(
      `WITH over AS (SELECT * FROM runs WHERE state IN (SELECT value FROM json_each(@states)))
       SELECT sequence FROM over
       WHERE (ended_at < @before
         OR sequence <= (SELECT sequence FROM over ORDER BY sequence DESC LIMIT 1 OFFSET @kept))
       AND NOT EXISTS (SELECT 1 FROM changes WHERE run = over.id AND changes.state IN ('asked', 'checking'))
       ORDER BY sequence`,
    )
    .pluck();
  const over = (states: readonly string[], times: number): number[] => {
    const before = now - times * KEPT_DAYS * DAY_MS;
    return select.all({ states: JSON.stringify(states), before, kept: times * KEPT_RUNS });
  };
  return [...over(['done', 'cancelled'], 1), ...over(['failed', 'interrupted'], LONGER)];
}

/** @returns whether there is more; the run goes with its last events */
function removeSlice(db: Database, sequence: number): boolean {
  return db
    .transaction(() => {
      const { changes } = db
        .prepare(
          'DELETE FROM events WHERE run = ? AND seq <= (SELECT min(seq) + ? FROM events WHERE run = ?)',
        )
        .run(sequence, SLICE - 1, sequence);
      if (changes === SLICE) return true;
      db.prepare('DELETE FROM runs WHERE sequence = ?').run(sequence);
      return false;
    })
    .immediate();
}
