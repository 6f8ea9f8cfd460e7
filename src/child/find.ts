import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** Where programs are looked for by an environment without `PATH`. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * The file that a command's name stands for, as `execvp` finds it: a name with a slash below `cwd`, any other in the
 * directories of `PATH`. Null when there is none that may be run.
 *
 * @param cwd absolute; null for a working directory that is gone, below which nothing is found
 */
export function findProgram(name: string, cwd: string | null, path: string | undefined): string | null {
  const names = name.includes('/')
    ? [name]
    : (path || DEFAULT_PATH).split(delimiter).map((directory) => join(directory || '.', name));
  const candidates = names
    .filter((file) => cwd !== null || isAbsolute(file))
    .map((file) => resolve(cwd ?? '/', file));
  return (name !== '' && candidates.find(isProgram)) || null;
}

/** The working directory of this process; null when it is gone. */
export function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/** Whether a file may be run by this process. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
