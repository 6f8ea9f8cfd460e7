/** The database of one tenant, as this machine knows it. */
export interface TenantDatabase {
  /** Such as `2025-boston` or `2025-boston-medal-ball`. */
  readonly name: string;
  /** Absolute path of `<db dir>/<name>.sqlite3`, whether or not it exists. */
  readonly path: string;
  /** Code of the region that owns it; null when none does. */
  readonly region: string | null;
}

/** What stands on this machine. */
export interface LocalCopy {
  /** Bytes of the database file itself. */
  readonly size: number;
  /** Whether nothing stands in it: no byte, or no table. */
  readonly empty: boolean;
  /** The later of the file's own time and its write-ahead log's. */
  readonly modified: Date;
  /** Whether a symbolic link leads to it: then it is somebody's own arrangement, and nothing is put in its place. */
  readonly linked: boolean;
}

/** What the store has. */
export interface RemoteCopy {
  /** As the store gives it, quotes included. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** When what it holds was last changed: its `last-modified`, else the store's own time of it. */
  readonly time: Date;
  /** False where `time` is only the store's own time of it, since nobody has asked for its metadata. */
  readonly exact: boolean;
  /** `imageDigest` of what it was made from; null where another program has stored it, absent where nobody has asked. */
  readonly digest?: string | null;
}

/** The version of a database in the store that the local one grew from. */
export interface Seen {
  /** As the store gives it, quotes included. */
  readonly etag: string;
  /** As `RemoteCopy.time`. */
  readonly time: Date;
  /**
   * `imageDigest` of the local database as it was then: as long as it has that digest it has not been changed. Null
   * where the local one was there already, with the same time as the store's.
   */
  readonly digest: string | null;
}
