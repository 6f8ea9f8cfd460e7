import { lstatSync, readFileSync } from 'node:fs';
import type { PlannedFile } from '../generate/types.ts';
import { isDirectory, onDisk } from './disk.ts';
import { holds } from './encode.ts';

/** A planned file beside what stands on the disk. */
export interface Comparison {
  readonly file: PlannedFile;
  readonly changed: boolean;
  /** The bytes on disk; null when there is no such file. */
  readonly previous: Buffer | null;
}

/**
 * Reads what stands on disk. What is missing differs from any plan, and so does what is no regular file: a symbolic
 * link is replaced, and what it leads to is neither read nor written.
 *
 * @throws {Failure} `disk`: something there cannot be read, or is a directory.
 */
export function compareFiles(files: readonly PlannedFile[]): Comparison[] {
  return files.map((file) => {
    const previous = onDisk('cannot read', file.path, () => readRegular(file.path));
    return { file, previous, changed: previous === null || !holds(previous, file.content) };
  });
}

function readRegular(path: string): Buffer | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw isDirectory(path);
  return stats?.isFile() ? readFileSync(path) : null;
}
