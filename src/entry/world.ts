import { realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { World } from '../app/machine/machine-context.ts';

/** Where executables stand in an application. */
const DIRECTORIES = ['cgi-bin', 'scripts'];

/** The world of the executable of this name. */
export function worldOf(name: string): World {
  return { env: process.env, defaultAppRoot: dirname(directoryOf(resolve(process.argv[1] ?? '.'))), name };
}

/** Called by a link from elsewhere, such as /usr/local/bin, an executable belongs to where it leads. */
function directoryOf(called: string): string {
  const directory = dirname(called);
  return DIRECTORIES.includes(basename(directory)) ? directory : dirname(realpathSync(called));
}
