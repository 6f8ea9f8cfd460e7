import type { Database } from '../database/sqlite.ts';
import type { Limits } from './run-limits.ts';
import type { Run, RunTrigger } from './run-model.ts';

/** What a book is given. */
export interface BookContext {
  readonly db: Database;
  readonly limits: Limits;
  /** The usual one. */
  readonly target: string;
  /** Told the runs and changes that are no longer as they were, after that is durable. Must not throw. */
  readonly changed: (ids: ReadonlySet<string>) => void;
  /** Told in the same transaction that a run is over, and given the way to ask for others. */
  readonly ended?: (run: Run, publish: Publish) => void;
}

/** Asks for a run, as `RunBook.publish`; gives the run's id. */
export type Publish = (by: string, trigger: RunTrigger, target: string) => string;
