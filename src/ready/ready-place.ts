import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { onDisk } from '../files/disk.ts';
import { makeDirectory, makePrivateDirectory } from '../rights/directories.ts';
import { ensurePlaceOfRoots, placeOfRoots } from '../rights/state-place.ts';

/**
 * The directory of the ready hook's lock and notes, made if need be. It depends on the app root, not on the db dir,
 * since two containers may have the same volume: while one of them replaces the other, each has pages of its own to
 * render. (Their common databases have locks of their own there.) If the application could hold the lock for ever, it
 * is in a directory of root's.
 *
 * @throws {Failure} `config-invalid` for an app root that does not exist; `disk`
 */
export function ensureReadyDir(appRoot: string): string {
  const ofRoots = placeOfRoots('running', appRoot);
  const path = ofRoots ?? join(appRoot, 'tmp', 'ready');
  onDisk('cannot prepare', path, () => {
    if (!statSync(appRoot, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Failure('config-invalid', `the app root ${appRoot} is not a directory`, {
        hint: "Set APP_ROOT to the application's directory, such as /rails.",
      });
    }
    if (ofRoots !== null) return ensurePlaceOfRoots(ofRoots);
    makeDirectory(join(appRoot, 'tmp'));
    makePrivateDirectory(path);
  });
  return path;
}
