import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '../../database/sqlite.ts';
import { lightly } from '../runs-file.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;
/** Of each project, those that something was heard of last. */
const KEPT_DEPLOYS = 1000;
/** Of one deploy: its sender may give all of them the same id. */
const KEPT_RUNS = 1000;
/** Rows that one commit removes: 4 MiB of the longest lines. */
const SLICE = 500;

/**
 * Removes received runs of which nothing was heard for 90 days, and those of all but the last 1,000 deploys of a project. In
 * slices, so that nobody waits for long; without flushes, since a power cut only has it done again.
 *
 * @param now milliseconds since 1970
 * @returns how many runs it removed
 * @throws {SqliteError}
 */
export async function removeOldDeploys(db: Database, now: number, signal: AbortSignal): Promise<number> {
  const old = oldRuns(db, now);
  let removed = 0;
  for (const sequence of old) {
    while (removeSlice(db, sequence)) {
      await turn();
      if (signal.aborted) return removed;
    }
    removed += 1;
    await turn();
    if (signal.aborted) return removed;
  }
  return removed;
}

/** One that may still be under way is kept whatever its place is. */
function oldRuns(db: Database, now: number): number[] {
  return db
    .prepare<[number, number], number>(
      `WITH heard AS (SELECT deploy, max(last_heard_at) AS at FROM deploy_runs GROUP BY deploy),
       placed AS (SELECT sequence, row_number() OVER (PARTITION BY project ORDER BY at DESC, sequence DESC) AS place
         FROM deploys JOIN heard ON heard.deploy = deploys.sequence),
       runs AS (SELECT sequence, deploy, last_heard_at,
         row_number() OVER (PARTITION BY deploy ORDER BY sequence DESC) AS age FROM deploy_runs)
       SELECT runs.sequence FROM runs JOIN placed ON placed.sequence = runs.deploy
       WHERE last_heard_at < ? OR (last_heard_at < ? AND (place > ${KEPT_DEPLOYS} OR age > ${KEPT_RUNS}))
       ORDER BY runs.sequence`,
    )
    .pluck()
    .all(now - KEPT_DAYS * DAY_MS, now - DAY_MS);
}

/** In this order: the run goes with the last of what it has. */
const PARTS = [
  ['deploy_lines', 'seq'],
  ['deploy_news', 'position'],
  ['deploy_batches', 'sha256'],
] as const;

/** @returns whether there is more */
function removeSlice(db: Database, sequence: number): boolean {
  return lightly(db, () => {
    for (const [table, key] of PARTS) {
      const rows = `SELECT ${key} FROM ${table} WHERE run = ? ORDER BY ${key} LIMIT ${SLICE}`;
      const { changes } = db
        .prepare(`DELETE FROM ${table} WHERE run = ? AND ${key} IN (${rows})`)
        .run(sequence, sequence);
      if (changes === SLICE) return true;
    }
    const run = db
      .prepare<[number], number>('DELETE FROM deploy_runs WHERE sequence = ? RETURNING deploy')
      .pluck();
    db.prepare(
      'DELETE FROM deploys WHERE sequence = ? AND NOT EXISTS (SELECT 1 FROM deploy_runs WHERE deploy = deploys.sequence)',
    ).run(run.get(sequence));
    return false;
  });
}
