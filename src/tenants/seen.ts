import { join } from 'node:path';
import { wholeSeconds } from '../bucket/object-names.ts';
import type { Database } from '../database/sqlite.ts';
import type { DatabaseVersion } from '../database-version.ts';
import { onDisk } from '../files/disk.ts';
import type { Seen } from './tenant-model.ts';
import { openState, openStateCopy } from './tenants-store.ts';

/** A database that is about to be written over, so that a run after a kill knows what it finds. */
export interface Install extends Seen {
  /** `imageDigest` of what is being written. */
  readonly digest: string;
  /** `imageDigest` of what is being written over; null for an empty file. */
  readonly oldDigest: string | null;
  /** When that was last changed. */
  readonly oldModified: Date;
}

/** When one version of an object was last changed. */
export interface LearntTime extends DatabaseVersion {
  /** The store's own time of it, in whole seconds since 1970: the same bytes, put there again, have the same ETag. */
  readonly stored: number;
}

/** What this machine knows of the databases in the store. Names are those of tenants; `index` is one of them. */
export class SeenDatabases {
  readonly #db: Database;
  readonly #path: string;

  constructor(db: Database, path: string) {
    this.#db = db;
    this.#path = path;
  }

  /** The version that the local database was made from; null if unknown. */
  get(name: string): SeenAt | null {
    const row = this.#one<SeenRow>('SELECT etag, time, digest, at FROM seen WHERE name = ?', name);
    return row ? seenOf(row) : null;
  }

  /** The same of all of them at once. */
  all(): Map<string, SeenAt> {
    const rows = this.#all<SeenRow & { name: string }>('SELECT name, etag, time, digest, at FROM seen');
    return new Map(rows.map(({ name, ...row }) => [name, seenOf(row)]));
  }

  /** To be called when the local database and the store's have just become the same. */
  record(name: string, { etag, time, digest }: Seen): void {
    const values = [name, etag, time.getTime(), digest, Date.now()];
    this.#run('INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)', ...values);
  }

  /** When objects were last changed, as they said when they were asked. */
  times(): Map<string, LearntTime> {
    const rows = this.#all<TimeRow>('SELECT name, etag, stored, time FROM times');
    return new Map(
      rows.map(({ name, etag, stored, time }) => [name, { etag, stored, time: new Date(time) }]),
    );
  }

  /** The same of one. */
  time(name: string): LearntTime | null {
    const row = this.#one<TimeRow>('SELECT name, etag, stored, time FROM times WHERE name = ?', name);
    return row ? { etag: row.etag, stored: row.stored, time: new Date(row.time) } : null;
  }

  /** Several things that are learnt together are written together. */
  together(work: () => void): void {
    onDisk('cannot write to', this.#path, () => this.#db.transaction(work).immediate());
  }

  recordTimes(times: Iterable<readonly [name: string, learnt: LearntTime]>): void {
    this.together(() => {
      for (const [name, { etag, stored, time }] of times)
        this.#run('INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?)', name, etag, stored, time.getTime());
    });
  }

  /** The inventory at that key, as it was when it had that ETag; null when this machine does not have it. */
  inventory(key: string, etag: string): string | null {
    const sql = 'SELECT content FROM inventories WHERE key = ? AND etag = ?';
    return this.#one<{ content: string }>(sql, key, etag)?.content ?? null;
  }

  recordInventory(key: string, etag: string, content: string): void {
    this.#run('INSERT OR REPLACE INTO inventories VALUES (?, ?, ?)', key, etag, content);
  }

  /** What a run was replacing when it was killed. */
  interrupted(name: string): Install | null {
    const row = this.#one<InstallRow>('SELECT * FROM installs WHERE name = ?', name);
    if (!row) return null;
    const { etag, digest, time, old_digest: oldDigest, old_modified } = row;
    return { etag, digest, time: new Date(time), oldDigest, oldModified: new Date(old_modified) };
  }

  /** Names of all such. */
  allInterrupted(): string[] {
    return this.#all<{ name: string }>('SELECT name FROM installs').map(({ name }) => name);
  }

  /** On the disk for good when this returns. */
  announce(name: string, install: Install): void {
    const { etag, time, digest, oldDigest, oldModified } = install;
    this.#db.pragma('synchronous = FULL');
    const values = [name, etag, time.getTime(), digest, oldDigest, oldModified.getTime()];
    this.#run('INSERT OR REPLACE INTO installs VALUES (?, ?, ?, ?, ?, ?)', ...values);
    this.#db.pragma('synchronous = NORMAL');
  }

  /** Ends what `announce` began; with what was installed, if it was. */
  finishInstall(name: string, seen: Seen | null): void {
    this.together(() => {
      if (seen) this.record(name, seen);
      this.#run('DELETE FROM installs WHERE name = ?', name);
    });
  }

  close(): void {
    this.#db.close();
  }

  #run(sql: string, ...values: unknown[]): void {
    onDisk('cannot write to', this.#path, () => this.#db.prepare(sql).run(...values));
  }

  #one<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return onDisk('cannot read', this.#path, () => this.#db.prepare<unknown[], Row>(sql).get(...values));
  }

  #all<Row>(sql: string): Row[] {
    return onDisk('cannot read', this.#path, () => this.#db.prepare<[], Row>(sql).all());
  }
}

/** And when that was written down, by the clock of this machine. */
export interface SeenAt extends Seen {
  readonly at: Date;
}

/**
 * Whether a database whose file has that time may have been changed after it was seen. To the second: that is all some
 * file systems keep, and of two doubts the one that keeps a change is the better one.
 */
export function mayBeSince(modified: Date, { at }: SeenAt): boolean {
  return wholeSeconds(modified) >= wholeSeconds(at);
}

interface SeenRow {
  readonly etag: string;
  readonly time: number;
  readonly digest: string | null;
  readonly at: number;
}

function seenOf({ etag, time, digest, at }: SeenRow): SeenAt {
  return { etag, time: new Date(time), digest, at: new Date(at) };
}

interface TimeRow extends Omit<LearntTime, 'time'> {
  readonly name: string;
  readonly time: number;
}

interface InstallRow {
  readonly etag: string;
  readonly time: number;
  readonly digest: string;
  readonly old_digest: string | null;
  readonly old_modified: number;
}

/**
 * Opens the memory about the databases in the store: `tenants.db` in the state directory, which several processes may
 * use at once. The caller closes it.
 *
 * @param options.dryRun gives a copy in memory, and leaves the disk as it is, also if there is no file yet
 * @throws {Failure} `disk`; `config-invalid` if a newer version made it.
 */
export function openSeen(stateDir: string, options: { dryRun?: boolean } = {}): SeenDatabases {
  const path = join(stateDir, 'tenants.db');
  return new SeenDatabases(options.dryRun ? openStateCopy(path) : openState(path), path);
}
