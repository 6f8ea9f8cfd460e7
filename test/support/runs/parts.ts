import { join } from 'node:path';
import type { RunsContext } from '../../../src/runs/create-runs.ts';
import type { Limits } from '../../../src/runs/run-limits.ts';
import type { NewChange } from '../../../src/runs/run-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import type { PlayedUpdate } from './played-update.ts';

/** Pauses that a test need not wait for; the rest is as in production. */
export const QUICK: Partial<Limits> = {
  firstRetryMs: 2,
  longestRetryMs: 8,
  firstCheckPauseMs: 2,
  diskPauseMs: 5,
};

/** The parts of a room over a played config-update in a directory. */
export function playedParts(home: string, played: PlayedUpdate): RunsContext {
  return {
    stateDir: join(home, 'state'),
    dbDir: join(home, 'db'),
    target: 'fly',
    command: played.command,
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '' },
    isInIndex: (change) => played.has(change.subject),
    authorization: () => null,
    report: () => {},
    limits: QUICK,
  };
}

export function newChange(subject: string, more: Partial<NewChange> = {}): NewChange {
  const none = { studio: null, before: null, after: null };
  return { by: 'ann', kind: 'event', action: 'create', subject, ...none, ...more };
}

/** Resolves when nothing waits for anything any more. */
export async function quiet(runs: Runs): Promise<void> {
  const never = new AbortController().signal;
  for (;;) {
    const [run] = runs.runs({ states: ['waiting', 'running'], limit: 1 }).rows;
    const [change] = runs.changes({ states: ['intended', 'asked', 'checking'], limit: 1 }).rows;
    if (change) await runs.waitForChange(change.id, 60_000, never);
    else if (run) await runs.waitFor(run.id, run.lastSeq, 60_000, never);
    else return;
  }
}
