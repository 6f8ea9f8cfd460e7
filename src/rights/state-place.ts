import { hash } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { isRootsAlone } from './control.ts';
import { makeDirectory, makePrivateDirectory } from './directories.ts';
import { asRoot, rightsNow } from './rights.ts';
import type { StateHomes } from './state-homes.ts';

/** As the Filesystem Hierarchy Standard has it (5.8, 3.15). */
const DEFAULTS: StateHomes = { lasting: '/var/lib/showcase-config', running: '/run/showcase-config' };

/** Reads `UPDATE_CONFIG_STATE_DIR` and `UPDATE_CONFIG_RUN_DIR`. An empty variable counts as unset. */
export function readStateHomes(env: NodeJS.ProcessEnv): StateHomes {
  return {
    lasting: env['UPDATE_CONFIG_STATE_DIR'] || DEFAULTS.lasting,
    running: env['UPDATE_CONFIG_RUN_DIR'] || DEFAULTS.running,
  };
}

/**
 * The directory of the facts about a directory of the application that root must be able to trust: what is installed
 * there, and which process works on it. Null if only the present user controls that directory, which then has them
 * itself.
 *
 * @param subject absolute path of the application's directory
 */
export function placeOfRoots(home: keyof StateHomes, subject: string): string | null {
  const rights = rightsNow();
  return rights.kind === 'application' ? join(rights.homes[home], nameFor(subject)) : null;
}

/**
 * Makes such a directory if need be, and proves that only root can change it, and everything above it.
 *
 * @throws {Failure} `config-invalid`: another user could; system errors
 */
export function ensurePlaceOfRoots(path: string): void {
  asRoot(() => {
    makeDirectory(join(path, '..'));
    makePrivateDirectory(path);
    if (isRootsAlone(path)) return;
    throw new Failure('config-invalid', `root trusts the files in ${path}, but others can change it`, {
      hint: 'Set UPDATE_CONFIG_STATE_DIR and UPDATE_CONFIG_RUN_DIR to directories that root alone controls, up to /, or unset them.',
    });
  });
}

/** To be read by people, and one for each path. */
function nameFor(path: string): string {
  const readable = path.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^-/, '');
  return `${readable.slice(-60)}-${hash('sha256', path).slice(0, 8)}`;
}
