import { patience, untilFree } from '../database/busy.ts';
import { dateUnlessChanged } from '../database/date.ts';
import { type Database, openDatabase } from '../database/sqlite.ts';
import { onDisk } from '../files/disk.ts';
import { setMtime } from '../rights/files.ts';
import { readLocal } from './local-copy.ts';
import type { Install, SeenDatabases } from './seen.ts';
import { databaseError, isNoDatabase } from './tenant-failure.ts';
import type { TenantDatabase } from './tenant-model.ts';

const PATIENCE_MS = 10_000;

/**
 * Gives a database the time of its content if a run was killed while it wrote a fetched one over it. SQLite makes it
 * all old or all new, but either way it looks as if it had just been changed here, so that nothing newer would ever be
 * fetched. A database that was changed since stays as it is.
 *
 * Call it with the tenant's lock held, before the local time is read.
 *
 * @throws {Failure} `lock-timeout`: others leave no gap; `disk`.
 */
export async function resumeInstall(tenant: TenantDatabase, seen: SeenDatabases): Promise<void> {
  const { name, path } = tenant;
  const install = seen.interrupted(name);
  if (!install) return;
  try {
    const outcome = readLocal(path) ? await finishInstall(path, install) : 'lost';
    seen.finishInstall(name, outcome === 'new' ? install : null);
  } catch (error) {
    if (!isNoDatabase(error)) throw databaseError(name, path, error);
    seen.finishInstall(name, null);
  }
}

async function finishInstall(path: string, install: Install): Promise<'new' | 'old' | 'lost'> {
  const db = openDatabase(path, { fileMustExist: true, busyTimeoutMs: 0 });
  try {
    return await untilFree(patience(path, PATIENCE_MS), () => finishOnce(db, path, install));
  } finally {
    db.close();
  }
}

function finishOnce(db: Database, path: string, install: Install): 'new' | 'old' | 'lost' {
  const { digest, time, oldDigest, oldModified } = install;
  // The first look makes SQLite undo what was left half done.
  if (db.pragma('page_count', { simple: true }) === 0) {
    if (oldDigest === null)
      onDisk('cannot set the time of', path, () => setMtime(path, oldModified.getTime()));
    return 'old';
  }
  if (dateUnlessChanged(db, path, digest, time)) return 'new';
  if (oldDigest !== null && dateUnlessChanged(db, path, oldDigest, oldModified)) return 'old';
  return 'lost';
}
