import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
} from 'node:fs';
import { readStart } from '../files/regular-file.ts';
import type { Account } from './account.ts';
import { isRoots } from './control.ts';
import { asRoot, rightsNow } from './rights.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Bytes of a file by which it is classified. */
const HEAD_BYTES = 32;

/**
 * The outcome for something of root's. A `foreign` one stays root's, and so does its directory: others may have given
 * it that name.
 */
export type Verdict = 'given' | 'left' | 'foreign';

/** @param head the first bytes of a file; null for a directory */
export type Classify = (name: string, head: Buffer | null) => Verdict;

/**
 * Gives the application the files that earlier releases of this program made as root in directories of the application,
 * and that could no longer be written. Each file is opened without following a link, checked by its descriptor, and
 * given away only if it is a regular file of root's, with one name, without set-id bits, and with the content of such a
 * file: the application can give any name to root's files in its directories. A directory is given away last, after
 * everything in it.
 *
 * @param directory of the application's: a directory of another owner is left alone
 * @param names of the files that such a release may have made there
 * @returns the names that were given away
 */
export function giveAwayLeftovers(directory: string, names: Iterable<string>, classify: Classify): string[] {
  const rights = rightsNow();
  if (rights.kind !== 'application') return [];
  // Most are the application's already, and taking root's rights costs more than all these looks.
  const suspects = [...names].filter((name) => isOfRoot(`${directory}/${name}`));
  if (suspects.length === 0) return [];
  const { account } = rights;
  return asRoot(() => {
    const fd = openOwn(directory, account);
    if (fd === null) return [];
    try {
      return suspects.filter((name) => giveAway(fd, name, classify, account) === 'given');
    } finally {
      closeSync(fd);
    }
  });
}

function isOfRoot(path: string): boolean {
  return attempt(() => lstatSync(path, { throwIfNoEntry: false })?.uid === 0) ?? false;
}

/** Null for a link, for anything but a directory, and for one that is not the account's. */
function openOwn(directory: string, { uid }: Account): number | null {
  const fd = attempt(() => openSync(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK));
  if (fd === null) return null;
  if (fstatSync(fd).uid === uid) return fd;
  closeSync(fd);
  return null;
}

/** @param to null only to say what would become of it */
function giveAway(parent: number, name: string, classify: Classify, to: Account | null): Verdict {
  const path = `/proc/self/fd/${parent}/${name}`;
  const seen = lstatSync(path, { throwIfNoEntry: false });
  if (seen?.uid !== 0) return 'left';
  if (!(seen.isFile() || seen.isDirectory())) return 'foreign';
  const fd = attempt(() => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (fd === null) return 'foreign'; // gone, or something else by now
  try {
    const stats = fstatSync(fd);
    const verdict = stats.isDirectory()
      ? classifyDirectory(fd, stats, name, classify)
      : classifyFile(fd, stats, name, classify);
    if (verdict !== 'given' || to === null) return verdict;
    if (stats.isDirectory()) for (const inner of entriesOf(fd)) giveAway(fd, inner, classify, to);
    fchownSync(fd, to.uid, to.gid);
    return verdict;
  } finally {
    closeSync(fd);
  }
}

function classifyFile(fd: number, stats: Stats, name: string, classify: Classify): Verdict {
  const plain = stats.isFile() && stats.uid === 0 && stats.nlink === 1 && (stats.mode & 0o7000) === 0;
  return plain ? classify(name, readStart(fd, Math.min(stats.size, HEAD_BYTES))) : 'foreign';
}

/** One that only root can write to, so that nothing in it becomes something else. */
function classifyDirectory(fd: number, stats: Stats, name: string, classify: Classify): Verdict {
  const verdict = isRoots(stats) ? classify(name, null) : 'foreign';
  if (verdict !== 'given') return verdict;
  const isForeign = (inner: string) => giveAway(fd, inner, classify, null) === 'foreign';
  return entriesOf(fd).some(isForeign) ? 'foreign' : 'given';
}

function entriesOf(fd: number): string[] {
  return readdirSync(`/proc/self/fd/${fd}`);
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
