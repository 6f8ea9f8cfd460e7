import { dirname } from 'node:path';
import { codeOf, isDirectory, onDisk } from '../files/disk.ts';
import { readRegularFile } from '../files/regular-file.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import { inDirectory } from '../rights/rights.ts';
import { holds } from './encode.ts';

/** A planned file beside the one on the disk. */
export interface Comparison {
  readonly file: PlannedFile;
  readonly changed: boolean;
  /** The bytes on disk; null if there is no such file, or not one that this program wrote. */
  readonly previous: Buffer | null;
}

const MIB = 1024 * 1024;
/** An installed file is hardly ever many times as large as its replacement. */
const LARGEST_BYTES = 16 * MIB;
const TIMES_AS_LARGE = 8;

/**
 * Reads the file on the disk. A missing file differs from any plan. So does one that is not a regular file, or is
 * larger than any of ours: it is replaced, and neither read nor written to.
 *
 * @throws {Failure} `disk`: something there cannot be read, or is a directory.
 */
export function compareFiles(files: readonly PlannedFile[]): Comparison[] {
  return files.map((file) => {
    const previous = onDisk('cannot read', file.path, () => readPrevious(file));
    return { file, previous, changed: previous === null || !holds(previous, file.content) };
  });
}

function readPrevious({ path, content }: PlannedFile): Buffer | null {
  const most = Math.max(LARGEST_BYTES, TIMES_AS_LARGE * content.length);
  const found = readThere(path, most);
  if (found?.kind === 'directory') throw isDirectory(path);
  return found?.kind === 'file' ? found.bytes : null;
}

/** Null if not even its directory exists, and for a file that we may not read: it is not one of ours. */
function readThere(path: string, most: number) {
  try {
    return inDirectory(dirname(path), () => readRegularFile(path, most));
  } catch (error) {
    if (['ENOTDIR', 'EACCES'].includes(codeOf(error))) return null;
    throw error;
  }
}
