import type { Tell } from '../report/events.ts';
import type { Steps } from '../report/steps.ts';
import type { Ownership } from '../rights/files.ts';
import type { Site } from '../site/site.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { SeenDatabases } from '../tenants/seen.ts';
import type { TenantDatabase } from '../tenants/tenant-model.ts';
import type { Deadline } from './deadline.ts';
import type { Ledger } from './ledger.ts';
import type { Tally } from './sync-tally.ts';

/** What a run is given. */
export interface SyncContext {
  readonly site: Site;
  readonly report: Tell;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
  /** Gives the store, whose operations then take at most so many milliseconds each. */
  readonly openStore: (timeoutMs: number) => Promise<ObjectStore>;
  /** Milliseconds for one operation of the store, retries and all. */
  readonly storeTimeoutMs: number;
  /** The webhook that is called after uploads; null for none. */
  readonly webhook: URL | null;
  /** Asked only when something is to be downloaded. */
  readonly downloads: () => {
    /** Bytes; a larger database is refused before it is read. */
    readonly maxDatabaseBytes: number;
    /** What a file is made like where there is none. */
    readonly like: Ownership;
  };
}

export interface SyncRequest {
  /** Such as `idle`. */
  readonly operation: string;
  readonly tenants: readonly TenantDatabase[];
  /** Databases of events that other regions own: checked for changes from the time before they moved, and never written. */
  readonly elsewhere?: readonly TenantDatabase[];
  /** `safe`: none over a database that this region owns and has. */
  readonly downloads: 'none' | 'safe' | 'all';
  readonly dryRun: boolean;
  /** Milliseconds for all of it; null for as long as it takes. */
  readonly limitMs: number | null;
  /** Name of the setting that says so. */
  readonly limitSetting?: string;
}

/** A run under way. */
export interface Run {
  readonly context: SyncContext;
  readonly request: SyncRequest;
  readonly deadline: Deadline;
  readonly tally: Tally;
  readonly steps: Steps;
  readonly seen: SeenDatabases;
  readonly ledger: Ledger;
  readonly stateDir: string;
  /** A private directory for copies. */
  readonly workDir: string;
}
