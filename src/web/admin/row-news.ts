import type { Change, ChangeState } from '../../runs/run-model.ts';
import type { Runs } from '../../runs/runs.ts';
import type { AdminKind } from './admin-kind.ts';

/** What became of the last change of a row. */
export interface RowNews {
  readonly change: Change;
  readonly state: ChangeState;
}

/** So many changes are looked through: those of weeks. */
const MOST = 500;

const SAVED: readonly ChangeState[] = ['pending', 'asked', 'checking', 'live', 'failed'];

/**
 * The last change of each row of a table, newest first counting, by the row's id. One that failed on its way counts as
 * live as soon as a later run went well: that had the whole index.
 */
export function newsOfRows(
  runs: Pick<Runs, 'changes' | 'runs'>,
  table: AdminKind['table'],
): ReadonlyMap<number, RowNews> {
  const found = new Map<number, RowNews>();
  for (const news of newsOf(runs, SAVED)) {
    for (const row of news.change.rows) {
      if (row.table === table && !found.has(row.id)) found.set(row.id, news);
    }
  }
  return found;
}

/** What is in the index and was not published from here, newest first. */
export function unpublishedChanges(runs: Pick<Runs, 'changes' | 'runs'>): Change[] {
  return newsOf(runs, ['pending', 'asked', 'failed'])
    .filter(({ change, state }) => state !== 'live' && change.kind !== 'update')
    .map(({ change }) => change);
}

function newsOf(runs: Pick<Runs, 'changes' | 'runs'>, states: readonly ChangeState[]): RowNews[] {
  const lastDone = runs.runs({ states: ['done'], limit: 1 }).rows[0]?.beganAt ?? null;
  return runs
    .changes({ states, limit: MOST })
    .rows.map((change) => ({ change, state: stateOf(change, lastDone) }));
}

function stateOf({ state, at, live }: Change, lastDone: string | null): ChangeState {
  const isOvertaken = state === 'failed' && live === null && lastDone !== null && at < lastDone;
  return isOvertaken ? 'live' : state;
}
