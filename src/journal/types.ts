import type { FailureCode } from '../failure.ts';
import type { FileFacts, IndexFacts, Outcome, Trigger } from '../report/types.ts';

/** When a process began, in a clock that all processes since the last boot share and that nobody can set. */
export interface Arrival {
  /** The kernel's name for this boot; null where it has none, and then no result is ever shared. */
  readonly bootId: string | null;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly monotonicNs: bigint;
}

/**
 * What a run does, as far as sharing its result goes: a plain update asks the store for what is new, a forced one
 * reinstalls; `start` is the start hook, which does not ask the store.
 */
export type RunKind = 'plain' | 'forced' | 'dry-run' | 'rollback' | 'start';

/** What the journal remembers of the index that it saw installed. */
export interface InstalledState extends IndexFacts {
  /** `imageDigest` of what was installed; another digest on disk means that somebody else changed it. */
  readonly digest: string;
  /** True after a rollback: the object with this ETag was rolled back and must not come back by itself. */
  readonly held: boolean;
}

/** A run that begins. */
export interface NewRun {
  readonly run: string;
  readonly trigger: Trigger;
  readonly kind: RunKind;
  readonly appRoot: string;
}

/** A caller that would take another run's result for its own. */
export interface Caller {
  readonly kind: RunKind;
  readonly appRoot: string;
}

/** A line of the history. */
export interface HistoryRow {
  readonly run: string;
  readonly trigger: Trigger;
  readonly kind: RunKind;
  /** ISO 8601, UTC. */
  readonly beganAt: string;
  /** Milliseconds by the monotonic clock; null for a run that did not end. */
  readonly durationMs: number | null;
  /** `running` for the run that holds the lock; `interrupted` for one whose process died before it ended. */
  readonly outcome: Outcome | 'interrupted' | 'running';
  /** Which files it changed. */
  readonly changed: readonly FileFacts['kind'][];
  readonly errorCode: FailureCode | null;
}
