import type { Deploys } from './deploys/deploys.ts';
import type { HookDesk } from './hooks/hook-desk.ts';
import type { WebhookOutbox } from './hooks/webhook-outbox.ts';
import type { ResetTokens } from './reset-tokens.ts';
import type {
  Change,
  ChangeFilter,
  NewChange,
  Page,
  Run,
  RunFilter,
  RunTrigger,
  Saved,
  StoredEvent,
} from './run-model.ts';
import type { EndedRun, RunsTally } from './runs-tally.ts';

/** Runs and changes: kept, queued, started and watched. Everything but `waitFor...` and `close` is synchronous. */
export interface Runs {
  /** Call it before the index is written. It is durable when this returns; gives the id of the change. */
  intend(change: NewChange): string;
  /**
   * The index has it, which counts once. With `publish` it joins a run, which is woken; else it is pending. On a disk that
   * is full it stays `intended` until there is space; so does what is dropped.
   */
  saved(id: string, done: Saved): void;
  /** The index does not have it. */
  drop(id: string): void;
  /** Nobody knows whether the index has it: it is looked for there, until that is found out. */
  doubt(id: string): void;
  /**
   * Has the machines updated, and all that is pending for that target with it.
   *
   * @returns the id of a change of kind `update`; its `run` says which run does it
   */
  publish(by: string, trigger: RunTrigger, target?: string): string;
  /**
   * Does again what has failed: one change, or a run with all of its changes that failed.
   *
   * @returns the id of the run that does it; null if there is nothing to do again
   */
  retry(changeOrRun: string, by: string): string | null;
  /** Takes back a run that waits: its changes are pending again. False for any other run. */
  cancel(run: string, by: string): boolean;
  run(id: string): Run | null;
  change(id: string): Change | null;
  runs(filter?: RunFilter): Page<Run>;
  changes(filter?: ChangeFilter): Page<Change>;
  /** In the order in which they were made. */
  changesOf(run: string): Change[];
  /** Events with a number above `after`, oldest first. */
  events(run: string, after: number, limit: number): readonly StoredEvent[];
  /** Resolves when the run has an event above `after`, at a change of its state or of one of its changes, or when the time is up. */
  waitFor(run: string, after: number, ms: number, signal: AbortSignal): Promise<void>;
  /** Resolves at the next change of this change or of its run, or when the time is up. */
  waitForChange(change: string, ms: number, signal: AbortSignal): Promise<void>;
  /** How many there are. Takes some milliseconds at most, whatever is kept. @throws {Failure} `disk` */
  tally(): RunsTally;
  /** How a run ended; null for one that has not, and for what is none. */
  ended(id: string): EndedRun | null;
  /** Writes to the disk, and changes nothing. @throws {Failure} `disk`: nothing can be kept now */
  proveWritable(): void;
  readonly tokens: ResetTokens;
  /** Runs that were received from elsewhere. */
  readonly deploys: Deploys;
  /** What programs ask for. */
  readonly hooks: HookDesk;
  /** What programs are told. */
  readonly outbox: WebhookOutbox;
  /** Recovers what was under way when this server ended; then the queue works. */
  start(): void;
  /** Nothing new begins. A run under way is ended, and found again at the next start. */
  close(): Promise<void>;
}
