import { FleetProgress } from '../../fleet-view/fleet-progress.ts';
import type { Runs } from '../../runs/runs.ts';
import { allEvents } from './all-events.ts';

/** Runs that are remembered; few are watched at a time. */
const MOST = 20;

interface Followed {
  /** Number of the last event that the progress knows. */
  last: number;
  readonly progress: FleetProgress;
}

const followed = new WeakMap<Pick<Runs, 'events'>, Map<string, Followed>>();

/**
 * What is known of a run from its events. Only those are read which came since it was asked for last: many pages ask for
 * the same run whenever a machine has answered.
 */
export function progressOfRun(runs: Pick<Runs, 'events'>, id: string): FleetProgress {
  const known = followed.get(runs) ?? new Map<string, Followed>();
  followed.set(runs, known);
  const one = known.get(id) ?? { last: 0, progress: new FleetProgress() };
  for (const { seq, event } of allEvents(runs, id, one.last)) {
    one.progress.apply(event);
    one.last = seq;
  }
  // The one that was asked for last is forgotten last.
  known.delete(id);
  known.set(id, one);
  for (const oldest of known.keys()) {
    if (known.size <= MOST) break;
    known.delete(oldest);
  }
  return one.progress;
}
