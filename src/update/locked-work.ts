import type { Lock } from '../database/lock.ts';
import type { LiveIndex } from '../install/live-index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Arrival } from '../journal/journal-model.ts';
import type { Remembered } from '../journal/remembered.ts';
import type { PlannedStep } from '../report/events.ts';
import type { Outcome, RunKind, Trigger } from '../report/results.ts';
import type { Steps } from '../report/steps.ts';
import type { Findings } from './result.ts';

/** What work under the lock is given. */
export interface Operation {
  readonly journal: Journal;
  readonly steps: Steps;
  readonly findings: Findings;
  readonly live: LiveIndex;
}

export interface LockRequest {
  /** Name of the operation in events. */
  readonly operation: string;
  /** Its steps, as far as they are known beforehand; `LOCK` is one of them. */
  readonly steps: readonly PlannedStep[];
  readonly trigger: Trigger;
  readonly kind: RunKind;
  /** As `Caller.sha256`. */
  readonly sha256?: string;
  /** When the caller arrived. The result of a run of the same kind that began later may answer for this one. */
  readonly arrival: Arrival;
  /** Milliseconds to wait for the lock; the setting where absent. */
  readonly lockTimeoutMs?: number;
  /** Whether it may take the result of another run before it does any work of its own. */
  readonly mayShare?: boolean;
  /** Whether it goes on if the run cannot be recorded, for example on a full volume. */
  readonly unrecorded?: boolean;
  /** A lane that it has already. */
  readonly lane?: Lock | null;
}

/** An operation with work before the lock, such as waiting for the network. */
export interface Work<T> {
  /**
   * Runs before the lock is requested. An error here is recorded as the failure of the run.
   *
   * @param remembered what the journal says, if it was read already
   */
  readonly prepare: (steps: Steps, remembered: Remembered | null) => Promise<T>;
  /** The local index as it was when this was prepared. */
  readonly live?: (prepared: T) => LiveIndex | null;
  /** Whether the preparation is still valid, now that nothing else can change the machine. If not, it is made again. */
  readonly fits?: (prepared: T, journal: Journal, live: LiveIndex) => boolean;
  /** Decides what is to be done, while the step that waits for the lock is still under way. */
  readonly plan: (operation: Operation, prepared: T) => Promise<Planned>;
}

/** What an operation has decided to do. */
export interface Planned {
  /** Whether it takes no further step. */
  readonly isOver: boolean;
  readonly perform: () => Promise<Outcome>;
}
