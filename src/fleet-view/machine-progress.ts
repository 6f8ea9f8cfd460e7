import type { Machine, MachineOutcome } from '../report/fleet-results.ts';

/** One machine as it is now. Times are milliseconds since 1970. */
export interface MachineProgress {
  readonly machine: Machine;
  state: 'waiting' | 'asking' | 'pausing' | 'done';
  attempt: number;
  /** When it was first asked; null before that. */
  began: number | null;
  /** When it will be asked again, while it pauses. */
  again: number | null;
  /** Why the last attempt failed; null for no reason. */
  reason: string | null;
  outcome: MachineOutcome | null;
}
