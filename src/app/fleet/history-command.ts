import { asFailure, Failure } from '../../failure.ts';
import { inFleetJournal } from '../../journal/fleet.ts';
import type { FleetRunEnd } from '../../journal/journal-model.ts';
import type { Tell } from '../../report/events.ts';
import type { FleetReport } from '../../report/fleet-results.ts';

/** Where a run is recorded. The journal is locked for moments only: the run itself may have to update this machine. */
export interface Recorder {
  begin(who: { readonly run: string; readonly who: string; readonly target: string }): Promise<void>;
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
  };
}
