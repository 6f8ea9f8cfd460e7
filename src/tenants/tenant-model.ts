import type { DatabaseVersion } from '../database-version.ts';
import type { Problem } from '../failure.ts';

/** The database of one tenant, as this machine knows it. */
export interface TenantDatabase {
  /** Such as `2025-boston` or `2025-boston-medal-ball`. */
  readonly name: string;
  /** Absolute path of `<db dir>/<name>.sqlite3`, whether or not it exists. */
  readonly path: string;
  /** Code of the region that owns it; null when none does. */
  readonly region: string | null;
}

/** The file on this machine. */
export interface LocalCopy {
  /** Bytes of the database file itself. */
  readonly size: number;
  /** Whether it is empty: no byte, or no table. */
  readonly empty: boolean;
  /** The later of the file's own time and its write-ahead log's. */
  readonly modified: Date;
  /**
   * Whether it is behind a symbolic link: then that is a deliberate choice of the operator, and it is never replaced.
   */
  readonly linked: boolean;
}

/** What the store has. */
export interface RemoteCopy extends DatabaseVersion {
  /** Bytes. */
  readonly size: number;
  /** False if `time` is only the store's own time of it, because its metadata was not read. */
  readonly exact: boolean;
  /** `imageDigest` of the database in it; null if another program stored it, absent if its metadata was not read. */
  readonly digest?: string | null;
}

/** The version of a database in the store that the local one grew from. */
export interface Seen extends DatabaseVersion {
  /**
   * `imageDigest` of the local database as it was then: as long as it has that digest it has not been changed. Null
   * where the local one was there already, with the same time as the store's.
   */
  readonly digest: string | null;
}

/** What the application's seed takes from showcases.yml for the database of an event. */
export interface EventFacts {
  readonly year: number;
  /** A studio's only event of a year: its seed takes the date alone. */
  readonly single: boolean;
  readonly name: string;
  /** As the studio typed it; null for none. */
  readonly date: string | null;
  readonly locale: string | null;
}

/** An event of a new index whose database may have to be put in place. */
export interface NewEvent extends TenantDatabase {
  readonly facts: EventFacts;
  /** Which row of the index, in words and by its id, for warnings. */
  readonly row: string;
  readonly id: number;
  /** The name that its database had before, if that was another one. */
  readonly before: string | null;
  /**
   * Whether another event has that name by now: then the file here is still this event's, and the store's may be
   * either's.
   */
  readonly shared: boolean;
}

/** How an event came by its database; `nowhere` where the application has nothing to make one with. */
export type Arrived = 'copied' | 'made' | 'downloaded' | 'brought along' | 'there already' | 'nowhere';

/** What became of the database of one new event. */
export type NewDatabase =
  | { readonly event: NewEvent; readonly arrived: Arrived }
  | { readonly event: NewEvent; readonly problem: Problem };

/** Puts the databases of new events in place. None of its methods throws. */
export interface NewDatabases {
  /** Asks the store for them, and fetches what it has, into memory. To be called while no lock is held. */
  readonly ask: (events: readonly NewEvent[]) => Promise<void>;
  /** To be called when the files that the application's commands read are in place. */
  readonly place: (events: readonly NewEvent[]) => Promise<readonly NewDatabase[]>;
}
