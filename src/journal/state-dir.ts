import { chmodSync, chownSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf, diskError, onDisk } from '../install/disk.ts';

/** Where the journal and the replaced generations stand. */
export function stateDirOf(dbDir: string): string {
  return join(dbDir, '.update_config');
}

/**
 * Makes the state directory if need be: mode 0700, owned by the owner of the db dir. Safe when several processes do
 * it at once, and completes what a killed one began.
 *
 * @returns its path
 * @throws {Failure} `db-dir-missing`; `disk` when it cannot be made, or something else stands there.
 */
export function ensureStateDir(dbDir: string): string {
  const parent = requireDbDir(dbDir);
  const path = stateDirOf(dbDir);
  onDisk('cannot prepare', path, () => {
    const stats = lstatSync(path, { throwIfNoEntry: false }) ?? make(path);
    if (!stats.isDirectory()) {
      throw new Failure('disk', `${path} is not a directory`, {
        hint: 'Move what stands there aside; the directory is made anew.',
      });
    }
    adopt(path, stats, parent);
  });
  return path;
}

/** @throws {Failure} `db-dir-missing`: a volume that is not mounted is not to be taken for one that is empty. */
export function requireDbDir(dbDir: string): Stats {
  const missing = (reason: string) =>
    new Failure('db-dir-missing', `the db dir ${dbDir} ${reason}`, {
      hint: 'Mount the volume, or set RAILS_DB_VOLUME to the directory that holds index.sqlite3; on a new volume, make that directory.',
    });
  try {
    const stats = statSync(dbDir);
    if (!stats.isDirectory()) throw missing('is not a directory');
    return stats;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw missing('does not exist');
    if (codeOf(error) === 'ENOTDIR') throw missing('is not a directory');
    throw diskError('cannot look at', dbDir, error);
  }
}

function make(path: string): Stats {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return lstatSync(path);
}

/** Gives what root made to the owner of the directory above, so that a later run as that owner can use it. */
function adopt(path: string, stats: Stats, parent: Stats): void {
  const user = process.geteuid?.() ?? 0;
  if (user === 0 && (stats.uid !== parent.uid || stats.gid !== parent.gid)) {
    chownSync(path, parent.uid, parent.gid);
  }
  if ((stats.mode & 0o777) !== 0o700 && (user === 0 || user === stats.uid)) chmodSync(path, 0o700);
}

/** A file that root made in the state directory belongs to its owner, too. Opens nothing, so no lock is lost. */
export function adoptFile(path: string): void {
  if (process.geteuid?.() !== 0) return;
  const owner = lstatSync(dirname(path));
  const stats = lstatSync(path);
  if (stats.uid !== owner.uid || stats.gid !== owner.gid) chownSync(path, owner.uid, owner.gid);
}
