import type { Problem } from '../failure.ts';
import { readFleetHistory } from '../journal/fleet-history.ts';
import type { FleetHistoryRow } from '../journal/journal-model.ts';
import { type Conclusion, concludeReport, failedWith } from './conclude.ts';
import type { RunBook } from './run-book.ts';
import { type Change, DEPLOYMENT, type Run } from './run-model.ts';

/** Runs of the journal that are looked through: another host's tools may have begun some meanwhile. */
const MOST_ROWS = 200;

export interface RecoverContext {
  readonly book: RunBook;
  readonly dbDir: string;
  readonly isInIndex: (change: Change) => boolean | Promise<boolean>;
  /** Told what could not be found out. */
  readonly failed: (error: unknown) => void;
}

/**
 * Finds out what became of the runs that were under way when a server ended, and says so in the book. Those that have
 * not ended are `interrupted`, and done again, but for deployments.
 *
 * @throws {SqliteError} the book cannot be written
 */
export async function recoverRuns({ book, dbDir, failed }: RecoverContext): Promise<void> {
  const running = book.runs.inState('running');
  if (running.length === 0) return;
  const rows = await historyOf(dbDir, failed);
  for (const run of running) book.end(run.id, conclusionOf(book, run, rows));
}

/**
 * Looks for changes in the index that were intended when a server ended.
 *
 * @param ids of those changes
 * @returns those that could not be looked for
 * @throws {SqliteError} the book cannot be written
 */
export async function recoverIntended(
  { book, isInIndex, failed }: RecoverContext,
  ids: readonly string[],
): Promise<string[]> {
  const left: string[] = [];
  for (const id of ids) {
    const change = book.changes.get(id);
    if (change?.state !== 'intended') continue;
    try {
      if (await isInIndex(change)) book.saved(id, { publish: null });
      else book.drop(id);
    } catch (error) {
      failed(error);
      left.push(id);
    }
  }
  return left;
}

async function historyOf(dbDir: string, failed: (error: unknown) => void): Promise<FleetHistoryRow[]> {
  try {
    return await readFleetHistory(dbDir, MOST_ROWS);
  } catch (error) {
    failed(error); // Then they are done again, which does no harm.
    return [];
  }
}

function conclusionOf(book: RunBook, run: Run, rows: readonly FleetHistoryRow[]): Conclusion {
  if (run.target === DEPLOYMENT) return CUT_DEPLOYMENT;
  const { fleetRun, report } = book.events.factsOf(run.id);
  if (report) return concludeReport(report);
  const row = rows.find((each) => each.run === fleetRun);
  return (row && concludeRow(row)) ?? INTERRUPTED;
}

const INTERRUPTED: Conclusion = {
  state: 'interrupted',
  report: null,
  exitCode: null,
  mayPass: true,
  error: {
    code: 'cancelled',
    message: 'this server ended while the run was under way',
    hint: 'It is done again.',
  },
};

/** It may have gone through all the same, and a deployment is nothing to be done twice by itself. */
const CUT_DEPLOYMENT: Conclusion = {
  ...INTERRUPTED,
  mayPass: false,
  error: {
    code: 'cancelled',
    message: 'this server ended while the application was being deployed',
    hint: 'Look at what the machines run now; then try again.',
  },
};

/** Null for a run whose end the journal does not know. */
function concludeRow({ run, outcome, errorCode, failed }: FleetHistoryRow): Conclusion | null {
  if (outcome === 'running' || outcome === 'interrupted') return null;
  if (outcome === 'done') return { state: 'done', report: null, error: null, exitCode: null, mayPass: false };
  const named = failed.length > 0 ? ` (${failed.join(', ')})` : '';
  const known: Partial<Record<typeof outcome, Problem['code']>> = {
    'changed-elsewhere': 'changed-elsewhere',
    'nothing-to-do': 'fleet-unreachable',
  };
  const conclusion = failedWith({
    code: known[outcome] ?? errorCode ?? 'machine-failed',
    message: `the journal says of run ${run}: ${outcome}${named}`,
    hint: 'Look at config-update --history, then try again.',
  });
  return outcome === 'nothing-to-do' ? { ...conclusion, mayPass: false } : conclusion;
}
