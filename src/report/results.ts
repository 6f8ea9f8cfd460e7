import type { FailureCode, Problem } from '../failure.ts';
import type { GeneratedKind } from '../file-kind.ts';
import type { NoticedChange } from '../noticed-change.ts';
import type { Warning } from '../warning.ts';

/** `held`: this host has edits that were not published, and keeps them. */
export type Outcome = 'updated' | 'unchanged' | 'held' | 'dry-run' | 'failed';

export type Trigger = 'cgi' | 'command' | 'start' | 'resume' | 'rollback';

/**
 * The kind of a run, for sharing its result: a plain update asks the store for changes, a forced one reinstalls; those
 * of a push install the index that they were sent; `start` is the start hook, which does not ask the store.
 */
export type RunKind = 'plain' | 'forced' | 'push' | 'forced-push' | 'rollback' | 'start';

/** The facts of the index that a run worked with. */
export interface IndexFacts {
  /**
   * ETag of the object in the store; null if it did not come from there. For a pushed index, the ETag that it would
   * most likely have there.
   */
  readonly etag: string | null;
  /** Hex SHA-256 of the index's database image. */
  readonly sha256: string;
  /**
   * `imageDigest`; only of a local copy, which has no ETag, and of a pushed index: SQLite may rewrite the header of
   * either.
   */
  readonly digest?: string;
  /** Bytes. */
  readonly size: number;
  /** ISO 8601, UTC: when the index was last changed, as its source says. */
  readonly time: string;
  readonly source: 'store' | 'push' | 'local' | 'generation';
}

export interface FileFacts {
  readonly kind: GeneratedKind | 'index';
  readonly path: string;
  /** Whether its bytes differ from before (for a dry run: would differ). */
  readonly changed: boolean;
  /** Bytes of the new content. */
  readonly size: number;
}

export interface StepFacts {
  readonly name: string;
  readonly ms: number;
}

/** The `RESULT` object: every caller gets it, by CGI or by hand. */
export interface RunResult {
  readonly run: string;
  readonly machine: string;
  readonly region: string | null;
  readonly outcome: Outcome;
  /** True when this answer is the result of a run that another request began after this one arrived. */
  readonly shared: boolean;
  readonly index: IndexFacts | null;
  readonly files: readonly FileFacts[];
  /** Whether Navigator will reload. */
  readonly reload: boolean;
  /** Number of rows left out, or read with a reservation. */
  readonly warningCount: number;
  /** Of each kind the first rows, then one that counts the others. With `id` for administrators only. */
  readonly warnings: readonly Warning[];
  readonly steps: readonly StepFacts[];
  /** Unified diff of navigator.yml; dry runs only. */
  readonly diff?: string;
  /** Dry runs by hand only. */
  readonly changes?: readonly NoticedChange[];
  /** Why this machine serves from its own index instead of the store's; absent if it does not. */
  readonly fallback?: Problem;
  readonly error?: Problem;
  /** Of the program, such as `0.1.0+1f2e3d4c5b6a`; absent in what earlier releases say. */
  readonly version?: string;
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

/**
 * The state of a machine, for any caller: nothing that the answer to an update does not have. In the `RESULT` line
 * `outcome` says that nothing was done.
 */
export interface MachineState {
  readonly outcome: 'state';
  readonly machine: string;
  readonly region: string | null;
  /** The installed index; null when there is none that can be read. */
  readonly index: IndexFacts | null;
  /** `changed`: the file differs from what this index gives. None if the index cannot be read. */
  readonly files: readonly FileFacts[];
  /** Whether an update was cut short, so that Navigator does not know its changes yet. */
  readonly pendingReload: boolean;
  /** Why this machine serves from its own index, and has not converged since; null if it has. */
  readonly fallback: Problem | null;
  readonly lastRun: HistoryRow | null;
  /** As in `RunResult`. */
  readonly version?: string;
}

/** The outcome for one tenant or page. Unchanged ones are only counted. */
export type ItemOutcome = 'changed' | 'removed' | 'would-change' | 'left-alone' | 'failed';

/** How an operation other than an update ended. */
export interface Summary {
  readonly run: string;
  readonly operation: string;
  readonly machine: string;
  readonly region: string | null;
  /** `handed-over`: another process is running and does this work too. */
  readonly outcome: 'done' | 'dry-run' | 'handed-over' | 'failed';
  /** Such as `downloaded: 3`, in the order in which they are shown. */
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly ItemFailure[];
  readonly steps: readonly StepFacts[];
  /** What ended the operation as a whole, if anything did. */
  readonly error?: Problem;
}

/** One tenant or page that could not be done; the rest was. */
export interface ItemFailure extends Problem {
  readonly step: string;
  readonly name: string;
}
