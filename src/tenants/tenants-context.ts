import type { Index } from '../index/index-model.ts';
import type { Tell } from '../report/events.ts';
import type { ItemFailure } from '../report/results.ts';
import type { Ownership } from '../rights/files.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { BySize } from './load.ts';
import type { Making } from './make-new.ts';
import type { CommandContext } from './migrations.ts';
import type { Inventoried } from './remote.ts';
import type { SeenDatabases } from './seen.ts';
import type { EventFacts, RemoteCopy, Seen } from './tenant-model.ts';

export interface TenantContext extends CommandContext {
  /** Resolves to null where no object store is configured. */
  readonly openStore: () => Promise<ObjectStore | null>;
  /** The index that is installed at that moment. */
  readonly readIndex: () => Promise<Index>;
  readonly report: Tell;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
}

export interface TenantRequest {
  /** Name of the step in events. */
  readonly step: string;
  /** Say what would be done, and change nothing on disk. */
  readonly dryRun: boolean;
}

export interface TenantsOutcome {
  readonly counts: Readonly<Record<string, number>>;
  /** What could not be done; the rest was. */
  readonly failures: readonly ItemFailure[];
}

/** What is known before the first tenant is looked at. */
export interface Work {
  readonly context: TenantContext;
  readonly request: TenantRequest;
  readonly stateDir: string;
  readonly seen: SeenDatabases;
  /** What it knew when the work began. */
  readonly known: ReadonlyMap<string, Seen>;
  /** What a database is made like where there is none. */
  readonly like: Ownership;
  /** Versions of the application's migrations; null where it has none. */
  readonly migrations: readonly string[] | null;
  readonly store: ObjectStore | null;
  /** Null where there is no store. */
  readonly inventoried: Inventoried | null;
  /** What the store has; null where there is no store, or it could not be listed. */
  readonly remotes: ReadonlyMap<string, RemoteCopy> | null;
  /** By name: what killed runs have left of fetched databases. */
  readonly leftovers: ReadonlyMap<string, readonly string[]>;
  /** Names of those that a killed run was writing over. */
  readonly interrupted: ReadonlySet<string>;
  readonly bySize: BySize;
  /** What it takes to make one; null where the application has no migrations. */
  readonly making: Making | null;
  /** The name that an event's database had before, by the present one, where an update was to bring it along. */
  readonly before: ReadonlyMap<string, string>;
  /** What a new database is told, by its name. */
  readonly facts: ReadonlyMap<string, EventFacts>;
}
