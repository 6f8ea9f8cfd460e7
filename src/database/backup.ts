import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { diskError } from '../files/disk.ts';
import { Busy, type Patience, patience, untilFree } from './busy.ts';
import { type Database, openDatabase } from './sqlite.ts';

/**
 * Writes all pages of `source` into the database at `path`, as one transaction there.
 *
 * @param locked called when no other process can write to it any more, and nothing is written yet; if it throws, the
 *   database stays as it is
 * @throws {Failure} `lock-timeout` if others leave no gap.
 * @throws {SqliteError} `SQLITE_READONLY` if page sizes differ and the target has a write-ahead log.
 */
export async function backUp(source: Database, patient: Patience, locked = () => {}): Promise<void> {
  let tried = false;
  await untilFree(patient, async () => {
    // The first attempt is for the usual case that no other process uses it.
    const attempt = () => copyOnce(source, patient.path, locked);
    if (tried) return await afterTurn(patient, attempt);
    tried = true;
    return await attempt();
  });
}

/**
 * A consistent image of an open database that others may write to meanwhile, made with a temporary file.
 *
 * @param source is not empty: a backup of nothing looks like one that must wait
 * @param options.through path of that file: in a directory that only this user can read
 * @throws {Failure} `lock-timeout` if writers leave no gap; `disk`
 */
export async function backedUpImage(
  source: Database,
  options: { through: string; timeoutMs: number },
): Promise<Buffer> {
  const { through, timeoutMs } = options;
  try {
    await untilFree(patience(source.name, timeoutMs), () => copyOnce(source, through));
    return readFileSync(through);
  } catch (error) {
    throw diskError('cannot copy the database to', through, error);
  } finally {
    for (const suffix of ['', '-journal']) rmSync(through + suffix, { force: true });
  }
}

/**
 * One attempt to copy all pages at once. The backup's own connection asks for its lock only once, and has no busy
 * time-out; it takes the lock in one turn of the event loop and writes in the next.
 *
 * @param locked as for `backUp`
 * @throws {Busy} if another connection is in the way; a source without a page looks the same.
 */
export async function copyOnce(source: Database, path: string, locked = () => {}): Promise<void> {
  let calls = 0;
  const { totalPages } = await source.backup(path, {
    progress: () => {
      calls += 1;
      if (calls > 1) throw new Busy('the last page could not be written');
      locked();
      return 0x7fffffff;
    },
  });
  // A backup that did not get its lock also says that nothing remains to be done.
  if (totalPages === 0) throw new Busy('the lock could not be had');
}

/** Long enough for waiting connections to be asleep for milliseconds: they sleep for 1, 2, 5, 10, 15, 20 ms and so on. */
const LULL_MS = 20;
/** For readers to end what they are reading, while new ones must wait. */
const DRAIN_MS = 250;

/**
 * If readers or writers come and go all the time, a single request for the lock never meets the right moment. So a
 * connection of its own gets the lock first, since it can ask again and again. It holds the lock until the waiting
 * processes have gone to sleep, then releases it, and `work` has the gap.
 */
async function afterTurn(patient: Patience, work: () => Promise<void>): Promise<void> {
  const db = openDatabase(patient.path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    await untilFree(patient, () => db.exec('BEGIN IMMEDIATE'));
    await wait(LULL_MS);
    db.exec(`ROLLBACK; PRAGMA busy_timeout = ${DRAIN_MS}; BEGIN EXCLUSIVE`);
    await wait(LULL_MS);
    db.exec('ROLLBACK');
    await work();
  } finally {
    db.close();
  }
}
