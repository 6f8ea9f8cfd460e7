import { join } from 'node:path';
import { onDisk } from '../files/disk.ts';
import { makePrivateDirectory } from '../rights/directories.ts';

/**
 * The path of the lock of one tenant's database, which whoever fetches, prepares or uploads it holds. The directory is
 * made if need be.
 *
 * @throws {Failure} `disk`
 */
export function tenantLockPath(stateDir: string, name: string): string {
  const directory = join(stateDir, 'locks');
  onDisk('cannot prepare', directory, () => makePrivateDirectory(directory));
  return join(directory, `${name}.lock`);
}
