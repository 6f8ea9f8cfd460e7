import { lstatSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf, diskError, onDisk } from '../files/disk.ts';
import { makePrivateDirectory } from '../rights/directories.ts';
import { giveAwayLeftovers } from '../rights/leftovers.ts';
import { ensurePlaceOfRoots, placeOfRoots } from '../rights/state-place.ts';
import { madeBefore } from './made-before.ts';

/** The directory for facts that the application may know: the memory about tenant databases, and their locks. */
export function stateDirOf(dbDir: string): string {
  return join(dbDir, '.update_config');
}

/**
 * Makes the state directory if need be: mode 0700, with the owner of the db dir. Safe if several processes do it at
 * once, and completes what a killed one began.
 *
 * @returns its path
 * @throws {Failure} `db-dir-missing`; `disk` if it cannot be made, or something else has its name.
 */
export function ensureStateDir(dbDir: string): string {
  requireDbDir(dbDir);
  const path = stateDirOf(dbDir);
  onDisk('cannot prepare', path, () => {
    makePrivateDirectory(path);
    // One that an earlier release made as root, with what it remembered there.
    giveAwayLeftovers(dbDir, [basename(path)], madeBefore);
    if (!lstatSync(path).isDirectory()) {
      throw new Failure('disk', `${path} is not a directory`, {
        hint: 'Move it aside; the next run makes the directory.',
      });
    }
  });
  return path;
}

/**
 * The directory of the journal and the replaced generations, which updates trust. It is the state directory if no other
 * user can change that; else a directory of root's, in which everything is done `asRoot`.
 */
export function trustedDirOf(dbDir: string): string {
  return placeOfRoots('lasting', dbDir) ?? stateDirOf(dbDir);
}

/**
 * Makes that directory if need be, and proves it.
 *
 * @returns its path
 * @throws {Failure} as `ensureStateDir`; `config-invalid`: others than root could change it
 */
export function ensureTrustedDir(dbDir: string): string {
  requireDbDir(dbDir);
  const path = placeOfRoots('lasting', dbDir);
  if (path === null) return ensureStateDir(dbDir);
  onDisk('cannot prepare', path, () => ensurePlaceOfRoots(path));
  return path;
}

/** @throws {Failure} `db-dir-missing`: an unmounted volume must not look like an empty one. */
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
