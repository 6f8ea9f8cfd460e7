import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { PlannedFile } from '../generate/types.ts';
import { codeOf, isDirectory, notAsWritten, onDisk } from './disk.ts';
import { encoded } from './encode.ts';
import { stagedPath } from './names.ts';

/** A file that stands ready, in full and on the disk, beside the one it shall replace. */
export interface Staged {
  readonly file: PlannedFile;
  /** Where it stands now. */
  readonly path: string;
}

/** What a file is made like: permission bits, and who owns it. */
export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** And, where that is not the present, when its content was last changed. */
export interface Likeness extends Ownership {
  readonly mtime?: Date;
}

/**
 * Writes files beside those they shall replace, with their owner and mode, and proves what the disk then holds: byte
 * for byte, and by `verify`, which gets the files as they were read back. When anything fails, nothing is left behind.
 * Directories that are missing are made, with the owner of the directory above.
 *
 * @throws {Failure} `disk`, and whatever `verify` throws.
 */
export async function stageFiles(
  files: readonly PlannedFile[],
  run: string,
  verify: (files: readonly PlannedFile[]) => void | Promise<void> = () => {},
): Promise<Staged[]> {
  const staged: Staged[] = [];
  try {
    for (const file of files) {
      const path = stagedPath(file.path, run);
      onDisk('cannot prepare', file.path, () => {
        makeDirectory(dirname(file.path));
        const like = ownershipFor(file.path, file.mode);
        writeNewFile(path, encoded(file.content), like, () => staged.push({ file, path }));
      });
    }
    await verify(staged.map(({ file, path }) => ({ ...file, content: readBack(path, file.content) })));
    return staged;
  } catch (error) {
    discardStaged(staged);
    throw error;
  }
}

/** Removes staged files that shall not be put in place. */
export function discardStaged(staged: readonly Staged[]): void {
  for (const { path } of staged) rmSync(path, { force: true });
}

/**
 * What a file at `path` shall be made like: like the regular file that stands there, else with `mode` and the owner of
 * its directory.
 *
 * @throws {Failure} `disk`: a directory stands there.
 */
export function ownershipFor(path: string, mode: number): Ownership {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isFile()) return { mode: there.mode & 0o7777, uid: there.uid, gid: there.gid };
  if (there?.isDirectory()) throw isDirectory(path);
  const { uid, gid } = statSync(dirname(path));
  return { mode, uid, gid };
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

/** The owner first: changing it takes set-id bits away. */
function own(fd: number, { mode, uid, gid }: Ownership): void {
  const now = fstatSync(fd);
  if (now.uid !== uid || now.gid !== gid) {
    try {
      fchownSync(fd, uid, gid);
    } catch (error) {
      // Only root may give files away. Who is not root, and may replace the file all the same, becomes its owner.
      if (codeOf(error) !== 'EPERM') throw error;
    }
  }
  if ((now.mode & 0o7777) !== mode) fchmodSync(fd, mode);
}

function readBack(path: string, expected: string): string {
  if (!onDisk('cannot read back', path, () => fileHolds(path, expected))) {
    throw notAsWritten(path);
  }
  // What those bytes mean. Decoding them would give a second copy of the same text.
  return expected.toWellFormed();
}

function fileHolds(path: string, text: string): boolean {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    let room = Buffer.alloc(0);
    for (const piece of encoded(text)) {
      if (room.length < piece.length) room = Buffer.allocUnsafe(piece.length);
      const found = room.subarray(0, piece.length);
      if (readFully(fd, found) < found.length || !found.equals(piece)) return false;
    }
    return readSync(fd, Buffer.allocUnsafe(1)) === 0;
  } finally {
    closeSync(fd);
  }
}

/** Fills a buffer; returns how many bytes there were. */
function readFully(fd: number, room: Buffer): number {
  let length = 0;
  while (length < room.length) {
    const read = readSync(fd, room, length, room.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return length;
}

/** Makes a directory that nobody but its owner may enter, unless it is there; its owner is that of the one above. */
export function makePrivateDirectory(path: string): void {
  makeOneDirectory(path, 0o700);
}

/** Makes a directory, and those above it, unless they are there; owners are those of the ones above. */
export function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) return;
  makeDirectory(dirname(path));
  makeOneDirectory(path, 0o755);
}

/** The owner is looked at also when the directory is there: a killed run may have left it with the wrong one. */
function makeOneDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const owner = statSync(dirname(path));
  const made = lstatSync(path);
  if (process.geteuid?.() === 0 && (made.uid !== owner.uid || made.gid !== owner.gid)) {
    lchownSync(path, owner.uid, owner.gid);
  }
}
