import { monotonicMs } from '../clock.ts';
import type { Database } from '../database/sqlite.ts';
import { ensureTrustedDir } from '../database/state-dir.ts';
import type { Problem } from '../failure.ts';
import { diskError } from '../files/disk.ts';
import type { HistoryRow, RunKind, RunResult } from '../report/results.ts';
import { asRoot } from '../rights/rights.ts';
import { moment } from './arrival.ts';
import { journalPath, type LockOptions, lockJournal } from './journal-lock.ts';
import type { Arrival, Caller, InstalledState, NewRun, ProvedRun } from './journal-model.ts';
import { OWED_UPDATE, PROVED, publishedDigests, readMeta, setMeta } from './meta.ts';
import { parseInstalled, parseProblem, parseProved } from './parse.ts';
import { forgetOldRuns, readRows } from './run-rows.ts';
import { resultSince } from './shared-result.ts';

/** Whether something is recorded at once, or together with the next record: each commit syncs the disk four times. */
export type When = 'now' | 'with-next';

/**
 * Takes the lock that lets one update at a time work on a db dir; makes the state directory and the journal if need be.
 * Hold it until the run is over, then `close()`; the kernel frees it when the process dies.
 *
 * @throws {Failure} `lock-timeout`; `db-dir-missing`; `disk`; `config-invalid` (the journal of a newer version).
 * @throws the signal's reason, or an AbortError with that as its cause, when it is aborted.
 */
export async function acquireJournal(options: { dbDir: string } & LockOptions): Promise<Journal> {
  const stateDir = ensureTrustedDir(options.dbDir);
  const { db, notes } = await lockJournal(journalPath(stateDir), options);
  return new Journal(db, stateDir, notes);
}

/**
 * The journal of one db dir, locked. If only root trusts it, everything is done as root. Every method may throw a
 * `Failure` with code `disk`.
 */
export class Journal {
  /** Where generations are kept, too. */
  readonly stateDir: string;
  /** A note for the operator, such as a damaged journal that was set aside. */
  readonly notes: readonly string[];
  readonly #db: Database;
  readonly #began = new Map<string, number>();
  /** All values by name, until one is changed: nobody else changes them meanwhile. */
  #known: ReadonlyMap<string, string> | null = null;
  /** What waits for the next commit, in its order. */
  #due: (() => void)[] = [];

  constructor(db: Database, stateDir: string, notes: readonly string[]) {
    this.#db = db;
    this.stateDir = stateDir;
    this.notes = notes;
  }

  /** Releases the lock for the next run. */
  close(): void {
    asRoot(() => this.#db.close());
  }

  /**
   * The result of the latest run that ended, began after `since`, and did at least what the caller wants; null if there
   * is none. It is marked as shared.
   */
  resultSince(since: Arrival, caller: Caller): RunResult | null {
    return this.#read((db) => resultSince(db, since, caller));
  }

  /** Records that a run has begun, with the time before it looked at anything outside, such as the store. */
  begin({ run, trigger, kind, appRoot, began }: NewRun, when: When = 'now'): void {
    const { bootId, monotonicNs, at } = began ?? { ...moment(), at: Date.now() };
    this.#began.set(run, monotonicMs());
    this.#note(when, () => {
      const { lastInsertRowid } = this.#db
        .prepare(
          'INSERT INTO runs (run, trigger, kind, app_root, boot_id, began_ns, began_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(run, trigger, kind, appRoot, bootId, monotonicNs, at);
      forgetOldRuns(this.#db, Number(lastInsertRowid));
      this.#raiseClockMark(Date.now());
    });
  }

  /** Records how a run ended. The diff of a dry run is not kept. */
  finish(run: string, result: RunResult): void {
    const { diff: _, ...kept } = result;
    const began = this.#began.get(run);
    const changed = result.files.filter((file) => file.changed).map((file) => file.kind);
    this.#change(() => {
      this.#db
        .prepare(
          'UPDATE runs SET duration_ms = ?, outcome = ?, changed = ?, error_code = ?, result = ? WHERE run = ?',
        )
        .run(
          began === undefined ? null : monotonicMs() - began,
          result.outcome,
          JSON.stringify(changed),
          result.error?.code ?? null,
          JSON.stringify(kept),
          run,
        );
      this.#raiseClockMark(Date.now());
    });
  }

  /** The last runs, newest first. */
  history(limit: number): HistoryRow[] {
    return this.#read((db) => readRows(db, limit, new Set(this.#began.keys())));
  }

  /** What is installed, as recorded by the last run that installed an index; null if none has. */
  installed(): InstalledState | null {
    return parseInstalled(this.#get('installed'));
  }

  setInstalled(state: InstalledState): void {
    this.#change(() => this.#set('installed', JSON.stringify(state)));
  }

  /**
   * Whether a run that changed files did not get as far as giving navigator.yml its fresh mtime. Then the next run must
   * do it, even if it finds nothing to change.
   */
  pendingReload(): boolean {
    return this.#get('pending_reload') !== null;
  }

  /** The run that it was; null without one. */
  pendingRun(): { readonly run: string; readonly kind: RunKind } | null {
    const sql =
      "SELECT run, kind FROM runs WHERE run = (SELECT value FROM meta WHERE key = 'pending_reload')";
    return this.#read((db) => db.prepare<[], { run: string; kind: RunKind }>(sql).get()) ?? null;
  }

  /**
   * Call it before the first change on disk.
   *
   * @param intended what is to be remembered of the index once it is there; null when it stays.
   */
  setPendingReload(run: string, intended: InstalledState | null = null): void {
    this.#change(() => {
      this.#set('pending_reload', run);
      if (intended) this.#set('intended', JSON.stringify(intended));
    });
  }

  /**
   * Call it once navigator.yml has its fresh mtime.
   *
   * @param installed as for `setInstalled`, in the same transaction; null when nothing new is learnt.
   */
  clearPendingReload(installed: InstalledState | null = null, when: When = 'now'): void {
    if (!installed && !this.pendingReload()) return;
    this.#note(when, () => {
      if (installed) this.#set('installed', JSON.stringify(installed));
      this.#db.exec("DELETE FROM meta WHERE key IN ('pending_reload', 'intended')");
    });
  }

  /**
   * Remembers the index that a killed run has put in place, as that run would have: the file's own time does not say
   * how old it is. Call it before `installed()`, with the digest of the index that stands there.
   */
  adoptIntended(digest: string | null): void {
    const text = this.#get('intended');
    if (text === null || parseInstalled(text)?.digest !== digest) return;
    this.#change(() => this.#set('installed', text));
  }

  /** The last run's proof that the next one would change nothing; null for none. */
  proved(): ProvedRun | null {
    return parseProved(this.#get(PROVED));
  }

  setProved(proved: ProvedRun): void {
    const text = JSON.stringify(proved);
    if (text !== this.#get(PROVED)) this.#note('with-next', () => this.#set(PROVED, text));
  }

  /** Why the last update that had to serve could not ask the store, or install its index; null if it could. */
  owedUpdate(): Problem | null {
    return parseProblem(this.#get(OWED_UPDATE));
  }

  setOwedUpdate(problem: Problem | null): void {
    if (problem) this.#change(() => this.#set(OWED_UPDATE, JSON.stringify(problem)));
    else if (this.#get(OWED_UPDATE) !== null)
      this.#change(() => this.#db.prepare('DELETE FROM meta WHERE key = ?').run(OWED_UPDATE));
  }

  /** `imageDigest`s of what this host has published last, to any store. */
  publishedDigests(): ReadonlySet<string> {
    return publishedDigests(this.#meta());
  }

  /** The highest wall-clock time that a run began or ended at, in milliseconds since 1970; 0 when there was none. */
  clockMark(): number {
    return Number(this.#get('clock_mark') ?? 0);
  }

  /**
   * Forgets times later than `now`. Right only in the start hook: Navigator has just loaded its configuration, by the
   * clock as it is now, so a time that was once reached and then taken back does not matter any more.
   */
  lowerClockMark(now: number): void {
    if (this.clockMark() > now) this.#change(() => this.#set('clock_mark', String(now)));
  }

  #raiseClockMark(now: number): void {
    if (now > this.clockMark()) this.#set('clock_mark', String(now));
  }

  #get(key: string): string | null {
    return this.#meta().get(key) ?? null;
  }

  #meta(): ReadonlyMap<string, string> {
    this.#known ??= this.#read(readMeta);
    return this.#known;
  }

  #set(key: string, value: string): void {
    this.#known = null;
    setMeta(this.#db, key, value);
  }

  #read<T>(work: (db: Database) => T): T {
    return asRoot(() => work(this.#db));
  }

  #note(when: When, work: () => void): void {
    if (when === 'with-next') this.#due.push(work);
    else this.#change(work);
  }

  #change(work: () => unknown): void {
    const all = [...this.#due, work];
    try {
      asRoot(() => this.#db.transaction(() => all.forEach((one) => void one()))());
      this.#due = [];
    } catch (error) {
      throw diskError('cannot write', this.#db.name, error);
    } finally {
      this.#known = null;
    }
  }
}
