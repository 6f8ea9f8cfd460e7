import { hash } from 'node:crypto';
import type { Change, Run } from '../../runs/run-model.ts';
import type { Runs } from '../../runs/runs.ts';
import { progressOfRun } from '../run/followed-progress.ts';
import { progressOf } from '../run/shown-machines.ts';
import { type RequestStatus, statusOf } from './request-status.ts';
import { medianOf, timeLeft } from './time-left.ts';

/** Earlier runs and requests that an estimate is made of. */
const EARLIER = 10;

type Source = Pick<Runs, 'run' | 'runs' | 'changes' | 'events'>;

/** How a change stands, and a digest by which a page says what it has. */
export interface RequestState {
  readonly status: RequestStatus;
  readonly run: Run | null;
  readonly known: string;
}

export function requestState(runs: Source, change: Change): RequestState {
  const run = change.run === null ? null : runs.run(change.run);
  const isBehind = run?.state === 'waiting' && runningFor(runs, run) !== null;
  const progress = run === null ? progressOf([]) : progressOfRun(runs, run.id);
  const status = statusOf({ change, run, before: run && beforeOf(runs, run), isBehind, progress });
  return { status, run, known: hash('sha256', JSON.stringify(status)).slice(0, 16) };
}

/** Milliseconds until the change is probably live, by how long earlier ones took; null where nobody can say. */
export function requestTimeLeft(runs: Source, run: Run | null, now: number): number | null {
  if (run === null) return null;
  const ahead = run.state === 'waiting' ? runningFor(runs, run) : null;
  return timeLeft({
    now,
    began: timeOf(run.beganAt),
    aheadBegan: timeOf(ahead?.beganAt ?? null),
    notBefore: timeOf(run.notBefore),
    usual: usualMs(runs, run),
  });
}

/** From the beginning of a run to the answer of the event that it published; of runs without one, to their end. */
function usualMs(runs: Source, { target }: Run): number | null {
  const { rows: changes } = runs.changes({ kinds: ['event'], states: ['live'], limit: EARLIER });
  const checked = changes.flatMap(({ run, live, target: of }) => {
    const began = timeOf((of === target && run !== null && runs.run(run)?.beganAt) || null);
    const answered = timeOf(live?.result?.isLive ? live.result.at : null);
    return began === null || answered === null || answered < began ? [] : [answered - began];
  });
  if (checked.length > 0) return medianOf(checked);
  const { rows } = runs.runs({ states: ['done'], target, limit: EARLIER });
  return medianOf(rows.map(({ beganAt, endedAt }) => (timeOf(endedAt) ?? 0) - (timeOf(beganAt) ?? 0)));
}

/** Another run under way that works on the same machines; null for none. */
function runningFor(runs: Source, { target, id }: Run): Run | null {
  const targets = target.split(',');
  const { rows } = runs.runs({ states: ['running'] });
  return (
    rows.find((one) => one.id !== id && one.target.split(',').some((name) => targets.includes(name))) ?? null
  );
}

/** The run that this one does again; null for none, and where it is long ago. */
function beforeOf(runs: Source, { id, target, attempt }: Run): Run | null {
  if (attempt === 1) return null;
  return runs.runs({ target, limit: EARLIER }).rows.find(({ next }) => next === id) ?? null;
}

function timeOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}
