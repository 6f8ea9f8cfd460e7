import { asFailure, Failure } from '../../failure.ts';
import { renderFleetHistory } from '../../fleet-view/fleet-table.ts';
import { renderPublished } from '../../fleet-view/published-table.ts';
import { inFleetJournal } from '../../journal/fleet.ts';
import { readFleetHistory, readPublishedIndexes } from '../../journal/fleet-history.ts';
import type { FleetRunEnd, NewFleetRun } from '../../journal/journal-model.ts';
import type { Tell } from '../../report/events.ts';
import type { FleetReport } from '../../report/fleet-results.ts';
import type { Streams } from '../arguments.ts';
import { siteOf, type World } from '../machine/machine-context.ts';

/** Runs of the history that are listed. */
const HISTORY_LIMIT = 50;

/** `--history`. @throws {Failure} as `readFleetHistory` */
export async function printHistory(
  world: World,
  json: boolean,
  { write, columns }: Streams,
): Promise<number> {
  const { dbDir } = await siteOf(world);
  const rows = await readFleetHistory(dbDir, HISTORY_LIMIT);
  write(json ? jsonLines(rows) : renderFleetHistory(rows, columns?.()));
  return 0;
}

/** `--published`. @throws {Failure} as `readFleetHistory` */
export async function printPublished(
  world: World,
  json: boolean,
  { write, columns }: Streams,
): Promise<number> {
  const { dbDir } = await siteOf(world);
  const rows = await readPublishedIndexes(dbDir);
  write(json ? jsonLines(rows) : renderPublished(rows, columns?.()));
  return 0;
}

function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Where a run is recorded. The journal is locked for moments only: the run itself may have to update this machine. */
export interface Recorder {
  begin(run: NewFleetRun): Promise<void>;
  finish(report: FleetReport): Promise<void>;
}

/**
 * A run that cannot be recorded is made all the same, and says so.
 *
 * @param signal ends the wait for the journal at the beginning of a run
 */
export function recordIn(dbDir: string, timeoutMs: number, signal: AbortSignal, report: Tell): Recorder {
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) {
        if (signal.aborted) return; // interrupted, and no longer waiting for the lock
        throw error;
      }
      const { message } = asFailure(error);
      report({ type: 'note', message: `this run is not in the history: ${message}` });
    }
  };
  return {
    begin: (run) =>
      attempt(() => inFleetJournal({ dbDir, timeoutMs, signal }, (journal) => journal.begin(run))),
    finish: (ended) =>
      attempt(() =>
        inFleetJournal({ dbDir, timeoutMs }, (journal) => journal.finish(ended.run, endOf(ended))),
      ),
  };
}

function endOf({ ms, outcome, publish, index, machines, skipped, error }: FleetReport): FleetRunEnd {
  const failed = machines.filter((one) => one.outcome === 'failed');
  return {
    durationMs: ms,
    outcome,
    published: publish?.kind ?? null,
    etag: publish?.kind === 'local' || publish?.kind === 'push' ? null : (index?.etag ?? null),
    updated: machines.length - failed.length,
    failed: failed.map(({ machine }) => machine.id),
    skipped: skipped.length,
    errorCode: error?.code ?? failed[0]?.error?.code ?? null,
    ...(publish && 'undoes' in publish && publish.undoes !== undefined ? { undoes: publish.undoes } : {}),
  };
}
