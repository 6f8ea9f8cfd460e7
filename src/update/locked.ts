import { asFailure } from '../failure.ts';
import { type LiveIndex, readLiveIndex } from '../install/live-index.ts';
import { madeBefore } from '../install/made-before.ts';
import { recover } from '../install/recover.ts';
import { acquireJournal, type Journal } from '../journal/journal.ts';
import type { Arrival, RunKind } from '../journal/types.ts';
import { newRunId } from '../report/run-id.ts';
import { Steps } from '../report/steps.ts';
import type { Outcome, RunResult, Trigger } from '../report/types.ts';
import { giveAwayLeftovers } from '../rights/leftovers.ts';
import { maintenancePath, targetDirectories } from '../site/paths.ts';
import type { Parts } from './parts.ts';
import { endResult, type Findings, failureResult, newFindings } from './result.ts';

/** What a piece of work under the lock has at hand. */
export interface Operation {
  readonly journal: Journal;
  readonly steps: Steps;
  readonly findings: Findings;
  readonly live: LiveIndex;
}

export interface LockRequest {
  readonly trigger: Trigger;
  readonly kind: RunKind;
  /** When the caller arrived: the result of a run of its kind that began later may answer for this one. */
  readonly arrival: Arrival;
  /** Milliseconds to wait for the lock; the setting where absent. */
  readonly lockTimeoutMs?: number;
}

/** What earlier releases may have left as root's, and an update writes to. Other files are replaced. */
const INDEX_FILES = ['', '-wal', '-shm', '-journal'].map((suffix) => `index.sqlite3${suffix}`);

/** Steps of an update: lock, fetch, read, generate, check, install. */
const STEPS = 6;

/**
 * Runs one operation under the lock of this machine, after the leftovers of a killed one are cleared away, and records
 * it. Never throws: what goes wrong becomes the result.
 */
export async function underLock(
  parts: Parts,
  request: LockRequest,
  work: (operation: Operation) => Promise<Outcome>,
): Promise<RunResult> {
  const { site } = parts;
  const steps = new Steps(parts.report);
  const findings = newFindings(newRunId());
  steps.say({ type: 'run', run: findings.run, trigger: request.trigger, steps: STEPS });
  let journal: Journal | null = null;
  let result: RunResult;
  try {
    journal = await acquire(parts, request, steps, findings.run);
    const { kind, trigger } = request;
    const caller = { kind, appRoot: site.appRoot };
    const other = journal.resultSince(request.arrival, caller);
    if (other) {
      steps.note(`run ${other.run} began after this request arrived, so its result is this one's too`);
      journal.close();
      journal = null;
      result = { ...other, shared: true };
    } else {
      journal.begin({ run: findings.run, trigger, ...caller });
      const live = await readLiveIndex(site, parts.settings.maxIndexBytes);
      journal.adoptIntended(live.digest);
      const outcome = await work({ journal, steps, findings, live });
      result = endResult(site, steps, findings, outcome);
      journal.finish(findings.run, result);
    }
  } catch (error) {
    if (asFailure(error) !== error) parts.unexpected(error);
    result = failureResult(site, steps, findings, error);
    recordFailure(journal, result, steps);
  } finally {
    journal?.close();
  }
  steps.say({ type: 'end', result });
  return result;
}

async function acquire(parts: Parts, request: LockRequest, steps: Steps, run: string): Promise<Journal> {
  return await steps.run('lock', 'Wait for the lock', async () => {
    const timeoutMs = request.lockTimeoutMs ?? parts.settings.lockTimeoutMs;
    const value = await acquireJournal({ dbDir: parts.site.dbDir, timeoutMs });
    for (const note of value.notes) steps.note(note);
    giveAwayLeftovers(parts.site.dbDir, INDEX_FILES, madeBefore);
    const directories = targetDirectories(parts.site);
    const spared = [maintenancePath(parts.site)];
    const removed = recover({ stateDir: value.stateDir, directories, spared, run });
    for (const path of removed) steps.note(`removed ${path}, left by a run that was cut short`);
    return { value, detail: 'held' };
  });
}

/** A failure that cannot be recorded (a full disk, most likely) is still answered. */
function recordFailure(journal: Journal | null, result: RunResult, steps: Steps): void {
  try {
    journal?.finish(result.run, result);
  } catch (error) {
    steps.note(`this failure could not be recorded in the journal: ${asFailure(error).message}`);
  }
}
