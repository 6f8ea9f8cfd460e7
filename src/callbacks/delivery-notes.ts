import { counted } from '../text.ts';
import { countOf } from './lost-lines.ts';
import type { OutgoingRun } from './outgoing-run.ts';

interface Closing {
  readonly run: OutgoingRun;
  /** Whether the dashboard wants nothing any more; that was said already. */
  readonly isGone: boolean;
  /** Whether what is unsent outlives this process. */
  readonly isKept: boolean;
  /** Earlier runs. */
  readonly thrownAway: number;
}

/** What is said at the end of a run; null where the dashboard has everything. */
export function closingNote({ run, isGone, isKept, thrownAway }: Closing): string | null {
  const parts: string[] = [];
  const later = isKept ? 'the next run sends' : 'nobody sends';
  const { unsent, lost, isEndDone, hasEnd } = run;
  if (isGone) return thrownAway > 0 ? thrownAwayNote(thrownAway) : null;
  if (unsent > 0)
    parts.push(`the dashboard has not got ${counted(unsent, 'line')} of this run yet; ${later} them`);
  else if (!isEndDone) parts.push(`the dashboard has not got the end of this run yet; ${later} it`);
  const refused = countOf(lost);
  if (refused > 0) parts.push(`the dashboard has refused ${counted(refused, 'line')} of this run`);
  if (isEndDone && !hasEnd) parts.push('the dashboard has refused the end of this run');
  if (thrownAway > 0) parts.push(thrownAwayNote(thrownAway));
  return parts.length > 0 ? parts.join('; ') : null;
}

export function thrownAwayNote(runs: number): string {
  const what = counted(runs, 'earlier run');
  return `${what} that the dashboard has not got will not be sent any more: older than 7 days, or above 64 MiB in all`;
}
