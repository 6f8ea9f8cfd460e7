import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve } from 'node:path';

/** Where programs are looked for by an environment without `PATH`. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * The file that a command's name stands for, as `execvp` finds it: a name with a slash below `cwd`, any other in the
 * directories of `PATH`. Null when there is none that may be run.
 */
export function findProgram(name: string, cwd: string, path: string | undefined): string | null {
  const candidates = name.includes('/')
    ? [resolve(cwd, name)]
    : (path || DEFAULT_PATH)
        .split(delimiter)
        .map((directory) => resolve(isAbsolute(directory) ? directory : resolve(cwd, directory), name));
  return (name !== '' && candidates.find(isProgram)) || null;
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
