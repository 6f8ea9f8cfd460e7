import { closeSync, constants, lstatSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDirectory, notAsWritten, onDisk } from '../files/disk.ts';
import { stagedPath } from '../files/staged-names.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import { makeDirectory } from '../rights/directories.ts';
import { type Ownership, ownershipFor, ownershipOfRoots, writeNewFile } from '../rights/files.ts';
import { inDirectory } from '../rights/rights.ts';
import { encoded } from './encode.ts';

/** A file that is ready, complete and on the disk, beside the one that it replaces. */
export interface Staged {
  readonly file: PlannedFile;
  /** Its present path. */
  readonly path: string;
}

/**
 * Writes files beside those that they replace, with their owner and mode, and proves what is then on the disk: byte for
 * byte, and by `verify`, which gets the files as they were read back. If anything fails, nothing is left behind.
 * Missing directories are made, with the owner of the directory above.
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
      const directory = dirname(file.path);
      onDisk('cannot prepare', file.path, () => {
        makeDirectory(directory);
        inDirectory(directory, () => {
          const like = likenessOf(file);
          writeNewFile(path, encoded(file.content), like, () => staged.push({ file, path }));
        });
      });
    }
    await verify(staged.map(({ file, path }) => ({ ...file, content: readBack(path, file.content) })));
    return staged;
  } catch (error) {
    discardStaged(staged);
    throw error;
  }
}

/** Removes staged files that are not put in place. */
export function discardStaged(staged: readonly Staged[]): void {
  for (const { path } of staged) inDirectory(dirname(path), () => rmSync(path, { force: true }));
}

/** @throws {Failure} `disk`: a directory stands there. */
function likenessOf({ kind, path, mode }: PlannedFile): Ownership {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw isDirectory(path);
  const isNavigators = kind === 'navigator' || kind === 'maintenance';
  return isNavigators ? ownershipOfRoots(path, mode) : ownershipFor(path, mode);
}

function readBack(path: string, expected: string): string {
  const holds = () => inDirectory(dirname(path), () => fileHolds(path, expected));
  if (!onDisk('cannot read back', path, holds)) {
    throw notAsWritten(path);
  }
  // The text of those bytes. Decoding them would make a second copy of it.
  return expected.toWellFormed();
}

function fileHolds(path: string, text: string): boolean {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
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
