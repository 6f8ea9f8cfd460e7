import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lstatSync,
  openSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { onDisk } from '../files/disk.ts';
import { isRootsAlone } from './control.ts';
import { inDirectory, rightsNow } from './rights.ts';

/** Permission bits and owner for a new file. */
export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** And, where that is not the present, when its content was last changed. */
export interface Likeness extends Ownership {
  readonly mtime?: Date;
}

/** Set-id bits and the sticky bit are never passed on. */
const PERMISSIONS = 0o777;
const WRITABLE_BY_OTHERS = 0o022;
const OTHERS = 0o077;

/** Of a file that the application shall own: its own account's; of this process's user where none is known. */
export function ownershipOfApplication(mode: number): Ownership {
  const rights = rightsNow();
  const account = rights.kind === 'plain' ? null : rights.account;
  const uid = account?.uid ?? process.geteuid?.() ?? 0;
  const gid = account?.gid ?? process.getegid?.() ?? 0;
  return { mode, uid, gid };
}

/**
 * Mode and owner for a file at `path`: those of the regular file there, else `mode` and the group of its directory.
 * Call it with the rights that will make the file, which decide its owner: only root can keep another owner, and does
 * so only in a directory that is root's alone.
 */
export function ownershipFor(path: string, mode: number): Ownership {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isFile()) return { mode: there.mode & PERMISSIONS, uid: there.uid, gid: there.gid };
  const { gid } = statSync(dirname(path));
  return { mode, uid: process.geteuid?.() ?? 0, gid };
}

/**
 * The same for a file that decides what Navigator, which runs as root, does: where root makes it and there are others on
 * this machine, it is root's to change.
 */
export function ownershipOfRoots(path: string, mode: number): Ownership {
  const like = ownershipFor(path, mode);
  const rights = rightsNow();
  const alone = rights.kind !== 'plain' && rights.account !== null && isRootsAlone(dirname(path));
  return alone ? { ...like, mode: like.mode & ~WRITABLE_BY_OTHERS, uid: 0 } : like;
}

/**
 * Makes an empty file that its owner alone may read, or takes that right from others where it is this process's own. Not
 * for a database that this process has open: its locks would end with the descriptor.
 */
export function makePrivateFile(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && (!there.isFile() || (there.mode & OTHERS) === 0 || there.uid !== process.geteuid?.())) return;
  const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    fchmodSync(fd, 0o600);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes a file that did not exist, with these bytes, on the disk when this returns.
 *
 * @param pieces the bytes, one piece after the other
 * @param made called as soon as the file exists
 */
export function writeNewFile(path: string, pieces: Iterable<Buffer>, like: Likeness, made = () => {}): void {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    made();
    own(fd, like);
    for (const bytes of pieces) {
      for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
    }
    if (like.mtime) futimesSync(fd, like.mtime, like.mtime);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Gives what is open, and was just made, its owner and mode. The owner first: changing it takes set-id bits away. */
export function own(fd: number, { mode, uid, gid }: Ownership): void {
  const now = fstatSync(fd);
  if (now.uid !== uid || now.gid !== gid) {
    try {
      fchownSync(fd, uid, gid);
    } catch (error) {
      // Only root may give files away. Who is not root, and may replace the file all the same, becomes its owner.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    }
  }
  if ((now.mode & 0o7777) !== mode) fchmodSync(fd, mode);
}

/** Removes a directory that this program made, with all that is in it; it may be gone already. */
export function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Sets the time of last change; the file is not opened. */
export function setMtime(path: string, mtime: number): void {
  const set = () => inDirectory(dirname(path), () => utimesSync(path, mtime / 1000, mtime / 1000));
  onDisk('cannot set the time of', path, set);
}
