import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';

/** Writable by the group or by everybody. */
const WRITABLE_BY_OTHERS = 0o022;
/** In a sticky directory only the owner of an entry may rename or remove it. */
const STICKY = 0o1000;

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/**
 * Whether root alone controls a directory and its path: it and every directory above it are root's, and no other user
 * may write to them. A link counts as its target if only root could have made it.
 *
 * The answer stays true while only root acts: it begins at `/`, and each name is looked up in a directory that was
 * found to be root's alone. So root may work in such a directory by path.
 *
 * @param path absolute
 */
export function isRootsAlone(path: string): boolean {
  const stats = walk(path);
  return stats?.isDirectory() === true && isRoots(stats);
}

/** The same of a regular file that no other user may write to. False if there is none. */
export function isRootsFile(path: string): boolean {
  const stats = walk(path);
  return stats?.isFile() === true && isRoots(stats);
}

/**
 * Whether root alone decides what a path leads to, whoever owns that: every directory above it is root's, and no other
 * user may write to them.
 */
export function isRootsWay(path: string): boolean {
  return walk(path) !== null;
}

/**
 * The first directory or link on the way to a path, the end included, that is not root's; null where all that is there is.
 * That others may write to a directory of root's does not matter here.
 */
export function strangerOn(path: string): { readonly path: string; readonly uid: number } | null {
  // Once all of the first way is root's, so is what it resolves to, or the second one tells.
  for (const way of [path, resolved(path)]) {
    const names = namesOf(way);
    for (let length = 1; length <= names.length; length++) {
      const at = sep + names.slice(0, length).join(sep);
      const stats = lstatSync(at, { throwIfNoEntry: false });
      if (stats && stats.uid !== 0) return { path: at, uid: stats.uid };
    }
  }
  return null;
}

/** The path itself where it leads to nothing. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The file at the end of a path, links resolved; null if any user but root controls the path, or nothing is there. */
function walk(path: string): Stats | null {
  if (!isAbsolute(path)) return null;
  let pending = namesOf(path);
  let real: string = sep;
  let stats = lstatSync(sep);
  for (let links = 0; pending.length > 0; ) {
    if (!stats.isDirectory() || !isSteady(stats)) return null;
    const [name = '', ...rest] = pending;
    const next = join(real, name);
    const found = lstatSync(next, { throwIfNoEntry: false });
    // In a sticky directory the owner of a file can replace it.
    if (!found || (found.uid !== 0 && (found.isSymbolicLink() || !isRoots(stats)))) return null;
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > MOST_LINKS) return null;
      const target = readlinkSync(next);
      pending = [...namesOf(target), ...rest];
      if (isAbsolute(target)) real = sep;
      if (isAbsolute(target)) stats = lstatSync(sep);
    } else {
      pending = rest;
      real = next;
      stats = found;
    }
  }
  return stats;
}

function namesOf(path: string): string[] {
  return path.split(sep).filter((name) => name !== '' && name !== '.');
}

/** Whether something is root's, and no other user may write to it. */
export function isRoots({ uid, mode }: Stats): boolean {
  return uid === 0 && (mode & WRITABLE_BY_OTHERS) === 0;
}

/** Whether an entry of root's in this directory stays what it is. */
function isSteady({ uid, mode }: Stats): boolean {
  return uid === 0 && ((mode & WRITABLE_BY_OTHERS) === 0 || (mode & STICKY) !== 0);
}
