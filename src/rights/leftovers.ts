import { closeSync, constants, fchownSync, fstatSync, lstatSync, openSync } from 'node:fs';
import type { Account } from './account.ts';
import { asRoot, rightsNow } from './rights.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Gives the application what earlier releases of this program have made as root in directories of the application's, and
 * could now no longer be written. Each file is opened without following a link, looked at by its descriptor, and given
 * away only if it is a regular file of root's, under one name, that runs as nobody else.
 *
 * @param directory of the application's: one that is anybody else's is left alone
 * @param names of what such a release may have made there
 * @returns the names that were given away
 */
export function giveAwayLeftovers(directory: string, names: Iterable<string>): string[] {
  const rights = rightsNow();
  if (rights.kind !== 'application') return [];
  const { account } = rights;
  return asRoot(() => {
    const fd = openOwn(directory, account);
    if (fd === null) return [];
    try {
      const base = `/proc/self/fd/${fd}`;
      return [...names].filter((name) => giveAway(`${base}/${name}`, account));
    } finally {
      closeSync(fd);
    }
  });
}

/** Null for a link, for what is no directory, and for one that is not the account's. */
function openOwn(directory: string, { uid }: Account): number | null {
  const fd = attempt(() => openSync(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK));
  if (fd === null) return null;
  if (fstatSync(fd).uid === uid) return fd;
  closeSync(fd);
  return null;
}

function giveAway(path: string, { uid, gid }: Account): boolean {
  // Most are the application's already, and need not be opened.
  const seen = lstatSync(path, { throwIfNoEntry: false });
  if (seen?.uid !== 0 || !(seen.isFile() || seen.isDirectory())) return false;
  const fd = attempt(() => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (fd === null) return false;
  try {
    const stats = fstatSync(fd);
    const plain = stats.isFile() && stats.nlink === 1 && (stats.mode & 0o7000) === 0;
    if (stats.uid !== 0 || !(plain || stats.isDirectory())) return false;
    fchownSync(fd, uid, gid);
    return true;
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null; // gone, or something else by now
  }
}
