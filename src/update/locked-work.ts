import type { Lock } from '../database/lock.ts';
import type { LiveIndex } from '../install/live-index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Arrival } from '../journal/journal-model.ts';
import type { Remembered } from '../journal/remembered.ts';
import type { PlannedStep } from '../report/events.ts';
import type { Outcome, RunKind, Trigger } from '../report/results.ts';
import type { Steps } from '../report/steps.ts';
import type { Findings } from './result.ts';

/** What a piece of work under the lock has at hand. */
export interface Operation {
  readonly journal: Journal;
  readonly steps: Steps;
  readonly findings: Findings;
  readonly live: LiveIndex;
}

export interface LockRequest {
  /** Name of the operation in events. */
  readonly operation: string;
  /** What it does, as far as that is known before; `LOCK` among it. */
  readonly steps: readonly PlannedStep[];
  readonly trigger: Trigger;
  readonly kind: RunKind;
  /** As `Caller.sha256`. */
  readonly sha256?: string;
  /** When the caller arrived: the result of a run of its kind that began later may answer for this one. */
  readonly arrival: Arrival;
  /** Milliseconds to wait for the lock; the setting where absent. */
  readonly lockTimeoutMs?: number;
  /** Whether another run's result may spare it all of its own work, before it asks anybody. */
  readonly mayShare?: boolean;
  /** Whether it goes on where the run cannot be recorded, such as on a full volume. */
  readonly unrecorded?: boolean;
  /** A lane that it has already. */
  readonly lane?: Lock | null;
}

/** An operation that has work to do before it takes the lock, such as waiting for the network. */
export interface Work<T> {
  /**
   * Done before the lock is asked for. What it throws is recorded as the failure of the run.
   *
   * @param remembered by the journal, where that was read already
   */
  readonly prepare: (steps: Steps, remembered: Remembered | null) => Promise<T>;
  /** The local index as it was when this was prepared. */
  readonly live?: (prepared: T) => LiveIndex | null;
  /** Whether what was prepared still fits, now that nobody else can change anything; else it is prepared once more. */
  readonly fits?: (prepared: T, journal: Journal, live: LiveIndex) => boolean;
  readonly perform: (operation: Operation, prepared: T) => Promise<Outcome>;
}
