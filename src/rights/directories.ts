import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { own, ownershipOfApplication } from './files.ts';
import { inDirectory } from './rights.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Makes a directory that only its owner may enter, unless it exists. */
export function makePrivateDirectory(path: string): void {
  makeOneDirectory(path, 0o700);
}

/** Makes a directory, and those above it, unless they are there. */
export function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) return;
  makeDirectory(dirname(path));
  makeOneDirectory(path, 0o755);
}

/**
 * Makes a directory for the application, and those above it that are missing. Where root alone controls the one above,
 * root makes it and gives it away by its descriptor; elsewhere the application makes it itself.
 *
 * @returns whether it was missing
 */
export function makeDirectoryForApplication(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })) return false;
  const above = dirname(path);
  makeDirectory(above);
  inDirectory(above, () => {
    if (!madeOne(path, 0o755) || process.geteuid?.() !== 0) return;
    // Nobody but root can have put anything else there since.
    const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
    try {
      own(fd, ownershipOfApplication(0o755));
    } finally {
      closeSync(fd);
    }
  });
  return true;
}

/** Sets the mode whatever the umask is, and even if an earlier run was killed before it was set. */
function makeOneDirectory(path: string, mode: number): void {
  inDirectory(dirname(path), () => {
    const made = madeOne(path, mode);
    const stats = lstatSync(path);
    if (!stats.isDirectory() || stats.uid !== process.geteuid?.()) return;
    if (!made && (mode !== 0o700 || (stats.mode & 0o777) === mode)) return;
    const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
    try {
      if ((fstatSync(fd).mode & 0o777) !== mode) fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  });
}

function madeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
