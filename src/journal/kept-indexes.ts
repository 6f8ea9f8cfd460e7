import type { Database } from '../database/sqlite.ts';
import { readJournal } from './history.ts';
import { getMeta, readMeta, setMeta } from './meta.ts';

/* What this host remembers of published indexes that it keeps copies of, and of runs that took a publication back. */

/** An index that a place had, or an index of this host that an undo put aside. */
export interface KeptIndex {
  /** Names this publication of it at its place. Of one by a run of this host: the id of that run. */
  readonly id: string;
  /**
   * `run`: a run of this host published it. `store`: it was in the store when this host published over it.
   * `unpublished`: it was on this host, with changes that were never published, when an undo replaced it.
   */
  readonly origin: 'run' | 'store' | 'unpublished';
  /** ISO 8601, UTC: when it was published, or put aside. */
  readonly at: string;
  /** `user@host`; null where that is not known. */
  readonly by: string | null;
  /** As the store gives it; null for one that is in no store. */
  readonly etag: string | null;
  /** `imageDigest` */
  readonly digest: string;
  /** Hex, of its bytes: names the file that keeps them. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** `id` of what it replaced; null for nothing, or for what is not known. */
  readonly replaces: string | null;
  /** Of an undo: the run whose publication it took back. */
  readonly undoes: string | null;
  /** False from before it is sent until the place is known to have it. */
  readonly isThere: boolean;
}

/** Content that an undo has put into the index of this host. */
interface Restored {
  readonly run: string;
  readonly undoes: string;
  /** `imageDigest` */
  readonly digest: string;
  /** `id` of what was put aside for it, if that was never published. */
  readonly aside: string | null;
}

/** What is kept for one place: a store, or the machines that indexes are sent to. */
export interface Kept {
  /** Newest first. */
  readonly entries: readonly KeptIndex[];
  /** Until it is published, or another index is. */
  readonly restored: Restored | null;
}

export const NOTHING_KEPT: Kept = { entries: [], restored: null };

const KEPT = 'kept ';
const UNDO_RUNS = 'undo_runs';
/** As many as there are rows in the history. */
const MOST_UNDO_RUNS = 500;

/**
 * What is kept, by place. Makes nothing.
 *
 * @throws {Failure} as `readHistory`
 */
export async function readKept(dbDir: string, timeoutMs: number): Promise<ReadonlyMap<string, Kept>> {
  const [found] = await readJournal(dbDir, timeoutMs, (db, version) => (version === 0 ? [] : [readMeta(db)]));
  const places = [...(found ?? [])].filter(([key]) => key.startsWith(KEPT));
  return new Map(places.map(([key, text]) => [key.slice(KEPT.length), parseKept(text)]));
}

/** @param place names the bucket, endpoint and all; or the machines that are sent it */
export function setKept(db: Database, place: string, kept: Kept): void {
  setMeta(db, KEPT + place, JSON.stringify(kept));
}

/** Records what a run took back; '' while that is not known. */
export function setUndoRun(db: Database, run: string, undoes: string): void {
  const others = undoRunsOf(getMeta(db, UNDO_RUNS)).filter(([other]) => other !== run);
  setMeta(db, UNDO_RUNS, JSON.stringify([...others, [run, undoes]].slice(-MOST_UNDO_RUNS)));
}

/** What the runs that were undos took back, by run. */
export function readUndoRuns(db: Database): ReadonlyMap<string, string> {
  return new Map(undoRunsOf(getMeta(db, UNDO_RUNS)));
}

function undoRunsOf(text: string | null): [string, string][] {
  const value = parsed(text ?? '[]');
  return Array.isArray(value)
    ? value.filter((one): one is [string, string] => Array.isArray(one) && one.every(isText))
    : [];
}

/** What is not as this program writes it counts as not kept. */
function parseKept(text: string): Kept {
  const value = parsed(text) as Partial<Kept> | null;
  const entries: unknown = value?.entries;
  const restored: unknown = value?.restored;
  return {
    entries: Array.isArray(entries) ? entries.filter(isKeptIndex) : [],
    restored: isRestored(restored) ? restored : null,
  };
}

function isKeptIndex(value: unknown): value is KeptIndex {
  if (!isObject(value)) return false;
  const { id, origin, at, by, etag, digest, sha256, size, replaces, undoes, isThere } = value;
  return (
    [id, origin, at, digest, sha256].every(isText) &&
    [by, etag, replaces, undoes].every(isTextOrNull) &&
    /^[0-9a-f]{64}$/.test(sha256 as string) &&
    Number.isSafeInteger(size) &&
    typeof isThere === 'boolean'
  );
}

function isRestored(value: unknown): value is Restored {
  if (!isObject(value)) return false;
  const { run, undoes, digest, aside } = value;
  return [run, undoes, digest].every(isText) && isTextOrNull(aside);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
