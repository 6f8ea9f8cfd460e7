import type { Database } from '../database/sqlite.ts';
import { moment } from './arrival.ts';
import { readJournal } from './history.ts';
import type { DateMemory, FleetHistoryRow, InstalledState, PublishMemory } from './journal-model.ts';
import { type KeptIndex, readKept, readUndoRuns } from './kept-indexes.ts';
import { EVENT_DATES, publishedDigests, publishedTo, readMeta } from './meta.ts';
import { parseDates, parseInstalled, parseList, parseMemory } from './parse.ts';

interface Row {
  readonly run: string;
  readonly who: string;
  readonly target: string;
  readonly boot_id: string | null;
  readonly pid: number;
  readonly began_at: number;
  readonly duration_ms: number | null;
  readonly outcome: string | null;
  readonly published: string | null;
  readonly etag: string | null;
  readonly updated: number;
  readonly failed: string;
  readonly skipped: number;
  readonly error_code: string | null;
}

/**
 * The last runs over the fleet, newest first. Waits while an update holds the journal; makes nothing.
 *
 * @throws {Failure} as `readHistory`
 */
export async function readFleetHistory(
  dbDir: string,
  limit: number,
  timeoutMs = 5000,
): Promise<FleetHistoryRow[]> {
  return await readJournal(dbDir, timeoutMs, (db, version) => (version < 2 ? [] : readRows(db, limit)));
}

/** A published index that is kept, as it is listed. */
export interface PublishedRow {
  /** The bucket, endpoint and all; or the machines that are sent it. */
  readonly place: string;
  /** The run that published it, or by which it was put aside; null for what others published. */
  readonly run: string | null;
  readonly origin: KeptIndex['origin'];
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string | null;
  readonly etag: string | null;
  /** Bytes. */
  readonly size: number;
  /** `imageDigest` */
  readonly digest: string;
  /** The run whose publication took its place, as far as that is remembered; null for none. */
  readonly replacedBy: string | null;
  /** Of an undo: the run whose publication it took back. */
  readonly undoes: string | null;
  /** Whether it is the last that this host knows to be there. */
  readonly isPresent: boolean;
}

/**
 * The published indexes that copies are kept of, newest first, by place. Makes nothing.
 *
 * @throws {Failure} as `readHistory`
 */
export async function readPublishedIndexes(dbDir: string, timeoutMs = 5000): Promise<PublishedRow[]> {
  const places = await readKept(dbDir, timeoutMs);
  const [values] = await readJournal(dbDir, timeoutMs, (db, version) =>
    version === 0 ? [] : [readMeta(db)],
  );
  return [...places].flatMap(([place, { entries }]) => {
    const last = parseMemory(values?.get(publishedTo(place)) ?? null).last?.etag ?? null;
    const there = entries.filter(({ isThere }) => isThere);
    const published = there.filter(({ origin }) => origin !== 'unpublished');
    const present = last === null ? published[0] : published.find(({ etag }) => etag === last);
    return there.map((one): PublishedRow => {
      const { id, origin, at, by, etag, size, digest, undoes } = one;
      const run = origin === 'store' ? null : id.replace('unpublished ', '');
      const replacedBy = successorOf(one, there, published);
      const isPresent = one === present;
      return { place, run, origin, at, by, etag, size, digest, replacedBy, undoes, isPresent };
    });
  });
}

/** The run that took its place; null for none, or for what others published. */
function successorOf(
  one: KeptIndex,
  there: readonly KeptIndex[],
  published: readonly KeptIndex[],
): string | null {
  const next =
    one.origin === 'unpublished'
      ? there.find(({ replaces }) => replaces === one.id)
      : published[published.indexOf(one) - 1];
  return next?.origin === 'run' ? next.id : null;
}

/**
 * What this host remembers of its publications to one store, and which of the store's indexes its own was made from by
 * an update (null for none, or if it was rolled back).
 *
 * @throws {Failure} as `readHistory`
 */
export async function readPublishMemory(
  dbDir: string,
  store: string,
  timeoutMs: number,
): Promise<{ memory: PublishMemory; installed: Pick<InstalledState, 'etag' | 'time' | 'digest'> | null }> {
  const [values] = await readJournal(dbDir, timeoutMs, (db, version) =>
    version === 0 ? [] : [readMeta(db)],
  );
  const memory = values?.get(publishedTo(store));
  const state = parseInstalled(values?.get('installed') ?? null);
  return {
    memory: parseMemory(memory ?? null),
    installed: state && !state.held ? { etag: state.etag, time: state.time, digest: state.digest } : null,
  };
}

/**
 * What this host remembers of the event databases that it has read, and the `imageDigest` of the index that an update
 * or a rollback put here and that this host has not published last (null for none).
 *
 * @throws {Failure} as `readHistory`
 */
export async function readDateMemory(
  dbDir: string,
  timeoutMs: number,
): Promise<{ memory: DateMemory; foreign: string | null }> {
  const [found] = await readJournal(dbDir, timeoutMs, (db, version) => (version === 0 ? [] : [readMeta(db)]));
  const state = parseInstalled(found?.get('installed') ?? null);
  const isForeign =
    state && state.source !== 'local' && !publishedDigests(found ?? new Map()).has(state.digest);
  return {
    memory: parseDates(found?.get(EVENT_DATES) ?? null),
    foreign: isForeign ? state.digest : null,
  };
}

function readRows(db: Database, limit: number): FleetHistoryRow[] {
  const { bootId } = moment();
  const undone = readUndoRuns(db);
  return db
    .prepare<[number], Row>('SELECT * FROM fleet_runs ORDER BY sequence DESC LIMIT ?')
    .all(limit)
    .map((row) => ({
      run: row.run,
      who: row.who,
      target: row.target,
      operation: undone.has(row.run) ? 'undo' : 'update',
      beganAt: new Date(row.began_at).toISOString(),
      durationMs: row.duration_ms,
      outcome: (row.outcome ??
        (lives(row, bootId) ? 'running' : 'interrupted')) as FleetHistoryRow['outcome'],
      published: row.published as FleetHistoryRow['published'],
      etag: row.etag,
      updated: row.updated,
      failed: parseList(row.failed),
      skipped: row.skipped,
      errorCode: row.error_code as FleetHistoryRow['errorCode'],
      undoes: undone.get(row.run) || null,
    }));
}

/** A process of an earlier boot is gone, even if another process has its number now. */
function lives({ boot_id, pid }: Row, bootId: string | null): boolean {
  if (boot_id !== bootId) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's, but there
  }
}
