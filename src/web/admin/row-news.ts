import type { Change, ChangeState } from '../../runs/run-model.ts';
import type { Runs } from '../../runs/runs.ts';
import type { AdminKind } from './admin-kind.ts';

/** So many changes are looked through: those of weeks. */
const MOST = 500;

const SAVED: readonly ChangeState[] = ['pending', 'asked', 'checking', 'live', 'failed'];

/** The last change of each row of a table, by the row's id. */
export function newsOfRows(
  runs: Pick<Runs, 'changes'>,
  table: AdminKind['table'],
): ReadonlyMap<number, Change> {
  const found = new Map<number, Change>();
  for (const change of runs.changes({ states: SAVED, limit: MOST }).rows) {
    for (const row of change.rows) {
      if (row.table === table && !found.has(row.id)) found.set(row.id, change);
    }
  }
  return found;
}

/** What is in the index and was not published from here, newest first. */
export function unpublishedChanges(runs: Pick<Runs, 'changes'>): Change[] {
  const { rows } = runs.changes({ states: ['pending', 'asked', 'failed'], limit: MOST });
  return rows.filter(({ kind }) => kind !== 'update');
}
