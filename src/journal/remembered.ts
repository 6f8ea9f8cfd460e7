import type { Database } from '../database/sqlite.ts';
import type { Problem } from '../failure.ts';
import type { HistoryRow, RunResult } from '../report/results.ts';
import { readJournal } from './history.ts';
import type { Arrival, Caller, InstalledState } from './journal-model.ts';
import { OWED_UPDATE, publishedDigests, readMeta } from './meta.ts';
import { parseInstalled, parseProblem } from './parse.ts';
import { readRows } from './run-rows.ts';
import { resultSince } from './shared-result.ts';

/** What a journal remembers of the state of its machine. */
export interface Remembered {
  readonly installed: InstalledState | null;
  /** What an interrupted run was going to install; the digest says whether it did. */
  readonly intended: InstalledState | null;
  readonly pendingReload: boolean;
  readonly lastRun: HistoryRow | null;
  /** As `Journal.owedUpdate`. */
  readonly owedUpdate: Problem | null;
  /** As `Journal.publishedDigests`. */
  readonly published: ReadonlySet<string>;
}

/** What was installed on a machine whose index has this digest, also by an interrupted run. */
export function installedAs(
  { installed, intended }: Remembered,
  digest: string | null,
): InstalledState | null {
  return intended !== null && intended.digest === digest ? intended : installed;
}

export const NOTHING: Remembered = {
  installed: null,
  intended: null,
  pendingReload: false,
  lastRun: null,
  owedUpdate: null,
  published: new Set(),
};

/**
 * What the journal remembers; nothing where there has never been one. Makes nothing. Waits while an update holds it.
 *
 * @throws {Failure} as `readHistory`
 */
export async function readRemembered(dbDir: string, timeoutMs: number): Promise<Remembered> {
  const [found = NOTHING] = await readJournal(dbDir, timeoutMs, (db, version) =>
    version === 0 ? [] : [rememberedIn(db)],
  );
  return found;
}

/**
 * The same, and with it the result of a run that may answer for the caller (see `resultSince`), at one look.
 *
 * @throws {Failure} as `readHistory`
 */
export async function readShareable(
  dbDir: string,
  timeoutMs: number,
  { since, caller }: { readonly since: Arrival; readonly caller: Caller },
): Promise<{ readonly result: RunResult | null; readonly remembered: Remembered }> {
  const [found = { result: null, remembered: NOTHING }] = await readJournal(
    dbDir,
    timeoutMs,
    (db, version) =>
      version === 0 ? [] : [{ result: resultSince(db, since, caller), remembered: rememberedIn(db) }],
  );
  return found;
}

function rememberedIn(db: Database): Remembered {
  const meta = readMeta(db);
  const state = (key: string): InstalledState | null => parseInstalled(meta.get(key) ?? null);
  const [lastRun = null] = readRows(db, 1, new Set());
  const pendingReload = meta.has('pending_reload');
  const owedUpdate = parseProblem(meta.get(OWED_UPDATE) ?? null);
  const states = { installed: state('installed'), intended: state('intended') };
  return { ...states, pendingReload, lastRun, owedUpdate, published: publishedDigests(meta) };
}
