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
  /** The later of the file's own time and its write-ahead log's. */
  readonly modified: Date;
}

/** What the store has. */
export interface RemoteCopy {
  /** As the store gives it, quotes included. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** When what it holds was last changed: its `last-modified`, else the store's own time of it. */
  readonly time: Date;
}
