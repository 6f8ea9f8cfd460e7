import { covers } from '../../runs/book-rules.ts';
import type { Run } from '../../runs/run-model.ts';
import type { Runs } from '../../runs/runs.ts';

/** Runs that are looked through. */
const MOST = 50;

/**
 * Runs that failed, that no other does again, and after which none went well for the same machines: that one had everything
 * that they had. Newest first.
 */
export function runsInTrouble(runs: Pick<Runs, 'runs'>, limit: number): Run[] {
  const done = runs.runs({ states: ['done'], limit: MOST }).rows;
  const isMadeUp = ({ target, madeAt }: Run): boolean =>
    done.some((later) => covers(later.target, target) && (later.beganAt ?? '') > madeAt);
  return runs
    .runs({ states: ['failed', 'interrupted'], limit: MOST })
    .rows.filter((run) => run.next === null && !isMadeUp(run))
    .slice(0, limit);
}
