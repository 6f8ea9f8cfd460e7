import { join } from 'node:path';
import type { Database } from '../database/sqlite.ts';
import { openStoreCopy, openStoreFile, type StoreFile } from '../database/store-file.ts';
import { diskError } from '../files/disk.ts';
import type { Intent, KnownCopy, Owed } from './upload-model.ts';

const TABLES = `
  CREATE TABLE copies (
    name TEXT PRIMARY KEY, print TEXT NOT NULL, digest TEXT NOT NULL, settled INTEGER NOT NULL) STRICT;
  CREATE TABLE intents (
    name TEXT NOT NULL, etag TEXT NOT NULL, digest TEXT NOT NULL, time INTEGER NOT NULL, date TEXT,
    PRIMARY KEY (name, etag)) STRICT;
  CREATE TABLE owed (
    name TEXT PRIMARY KEY, inventory TEXT NOT NULL, etag TEXT NOT NULL, time INTEGER NOT NULL, date TEXT) STRICT;
`;

const FILE: StoreFile = { versions: ['', TABLES], lost: ': what it knows is then learnt again.' };

interface Row {
  readonly name: string;
  readonly etag: string;
  readonly time: number;
  readonly date: string | null;
}

/**
 * The memory of this machine's uploads: `uploads.db` in the state directory, for any number of processes at once.
 * Losing it costs only time: databases are read again, and an upload that was just cut short counts as another
 * machine's, so that a copy of the local one is kept.
 *
 * Every method may throw a `Failure` with code `disk`.
 */
export class Ledger {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  /**
   * @param options.dryRun opens an existing file for reading only, and makes none
   * @throws {Failure} `disk`; `config-invalid` for a file that a newer release has made
   */
  static open(stateDir: string, options: { dryRun: boolean }): Ledger {
    const path = join(stateDir, 'uploads.db');
    // A kill loses nothing. A power cut may lose the last changes, which costs only time.
    return new Ledger(
      options.dryRun ? openStoreCopy(path, FILE) : openStoreFile(path, FILE, { synchronous: 'OFF' }),
    );
  }

  close(): void {
    this.#db.close();
  }

  /** The content that a local database was last found to have. */
  copy(name: string): KnownCopy | null {
    const row = this.#db
      .prepare<[string], { print: string; digest: string; settled: number }>(
        'SELECT print, digest, settled FROM copies WHERE name = ?',
      )
      .get(name);
    return row ? { print: row.print, digest: row.digest, isAtRest: row.settled === 1 } : null;
  }

  rememberCopy(name: string, { print, digest, isAtRest }: KnownCopy): void {
    this.#run('INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?)', name, print, digest, isAtRest ? 1 : 0);
  }

  /** What was sent, or was going to be sent, by uploads whose end is not known. */
  intents(name: string): Intent[] {
    return this.#db
      .prepare<[string], Row & { digest: string }>('SELECT * FROM intents WHERE name = ?')
      .all(name)
      .map(({ etag, digest, time, date }) => ({ etag, digest, time: new Date(time), date }));
  }

  /** Call it before the first byte leaves. On the disk for good when this returns. */
  intend(name: string, { etag, digest, time, date }: Intent): void {
    this.#db.pragma('synchronous = FULL');
    this.#run(
      'INSERT OR REPLACE INTO intents (name, etag, digest, time, date) VALUES (?, ?, ?, ?, ?)',
      ...[name, etag, digest, time.getTime(), date],
    );
    this.#db.pragma('synchronous = OFF');
  }

  /** Call it once the version last seen in the store is written down: what was sent before does not matter then. */
  forgetIntents(name: string): void {
    this.#run('DELETE FROM intents WHERE name = ?', name);
  }

  /** What the store has, but an inventory does not have yet. */
  owed(): Owed[] {
    return this.#db
      .prepare<[], Row & { inventory: string }>('SELECT * FROM owed ORDER BY name')
      .all()
      .map((row) => ({ ...row, time: new Date(row.time) }));
  }

  owe({ name, inventory, etag, time, date }: Owed): void {
    this.#run(
      'INSERT OR REPLACE INTO owed (name, inventory, etag, time, date) VALUES (?, ?, ?, ?, ?)',
      ...[name, inventory, etag, time.getTime(), date],
    );
  }

  /** If it was uploaded again meanwhile, the newer version stays owed. */
  paid(entries: readonly Owed[]): void {
    this.#db.transaction(() => {
      for (const { name, etag } of entries) {
        this.#run('DELETE FROM owed WHERE name = ? AND etag = ?', name, etag);
      }
    })();
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    try {
      this.#db.prepare(sql).run(...values);
    } catch (error) {
      throw diskError('cannot write', this.#db.name, error);
    }
  }
}
