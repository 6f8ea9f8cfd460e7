import { FleetProgress } from '../../fleet-view/fleet-progress.ts';
import { complaint } from '../../fleet-view/fleet-words.ts';
import type { MachineProgress } from '../../fleet-view/machine-progress.ts';
import type { RunEvent } from '../../report/events.ts';
import { type FleetReport, type Machine, type MachineOutcome, nameOf } from '../../report/fleet-results.ts';
import { counted } from '../../text.ts';
import type { Tone } from '../layout/pieces.ts';

/** One machine of a run as it is now, in words. */
export interface ShownMachine {
  readonly name: string;
  readonly region: string | null;
  readonly tone: Tone;
  /** One or two words: `Has it`, `Failed`. */
  readonly state: string;
  /** What else is known, a sentence or less; may be empty. */
  readonly detail: string;
  /** Requests made. */
  readonly attempts: number;
  /** Milliseconds from the first request to the last answer; null before that. */
  readonly ms: number | null;
}

/** What is known of a run from its events. */
export function progressOf(events: Iterable<RunEvent>): FleetProgress {
  const progress = new FleetProgress();
  for (const event of events) progress.apply(event);
  return progress;
}

/** All machines of a run in the order of their list, then those that were skipped. By its report where events are gone. */
export function shownMachines(progress: FleetProgress, report: FleetReport | null): ShownMachine[] {
  const known = [...progress.machines.values()];
  const skipped = progress.skipped.length > 0 ? progress.skipped : (report?.skipped ?? []);
  const active = known.length > 0 ? known.map(shownMachine) : (report?.machines ?? []).map(withOutcome);
  return [...active, ...skipped.map(skippedMachine)];
}

/** How many have it, and how many failed. */
export function countsOf(machines: readonly ShownMachine[]): { good: number; bad: number; total: number } {
  const asked = machines.filter(({ tone }) => tone !== 'none');
  const count = (wanted: Tone): number => asked.filter(({ tone }) => tone === wanted).length;
  return { good: count('good'), bad: count('bad'), total: asked.length };
}

/** `3 of 8 machines have it, 1 failed`. */
export function haveItWords({ good, bad, total }: { good: number; bad: number; total: number }): string {
  const verb = good === 1 || total === 1 ? 'has' : 'have';
  return `${good} of ${counted(total, 'machine')} ${verb} it${bad > 0 ? `, ${bad} failed` : ''}`;
}

function shownMachine({ machine, state, attempt, reason, outcome }: MachineProgress): ShownMachine {
  if (outcome) return withOutcome(outcome);
  const base = { ...placeOf(machine), attempts: attempt, ms: null };
  const again = attempt > 1 ? `for the ${ordinal(attempt)} time` : '';
  if (state === 'waiting') return { ...base, tone: 'wait', state: 'Waits', detail: '' };
  if (state === 'pausing') return { ...base, tone: 'wait', state: 'Asked again soon', detail: reason ?? '' };
  return { ...base, tone: 'busy', state: 'Being asked', detail: again };
}

function withOutcome(result: MachineOutcome): ShownMachine {
  const base = { ...placeOf(result.machine), attempts: result.attempts, ms: result.ms };
  const trouble = complaint(result);
  if (trouble !== null)
    return {
      ...base,
      tone: 'bad',
      state: result.outcome === 'differs' ? 'Differs' : 'Failed',
      detail: trouble,
    };
  const state = {
    updated: 'Has it',
    unchanged: 'Had it',
    same: 'Has it',
    'dry-run': 'Says what it would do',
  };
  const words = state[result.outcome as keyof typeof state];
  return { ...base, tone: 'good', state: words, detail: result.detail };
}

function skippedMachine(machine: Machine): ShownMachine {
  const detail = `It is ${machine.state}: it was skipped, and fetches the index when it wakes.`;
  return { ...placeOf(machine), tone: 'none', state: 'Sleeps', detail, attempts: 0, ms: null };
}

function placeOf(machine: Machine): Pick<ShownMachine, 'name' | 'region'> {
  return { name: nameOf(machine), region: machine.region };
}

function ordinal(count: number): string {
  return count === 2 ? 'second' : count === 3 ? 'third' : `${count}th`;
}
