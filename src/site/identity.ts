import { resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The name of a machine in results and logs. */
export interface Identity {
  readonly machine: string;
  /** Fly region; null elsewhere. */
  readonly region: string | null;
}

/** What Fly's names look like: safe in a path, in a host name and in a pattern. */
export const FLY_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

const CONTROL = /\p{Cc}/u;

/**
 * The name of this machine. `FLY_MACHINE_ID` counts on Fly, where `FLY_REGION` is set; `KAMAL_CONTAINER_NAME`
 * elsewhere; else the host name. Never throws: a variable that `readSite` refuses counts as unset, so that the refusal
 * itself can be reported.
 */
export function identityOf(env: Environment, hostname: string): Identity {
  const region = env['FLY_REGION'];
  const isFly = region !== undefined && FLY_NAME.test(region);
  const name = env[isFly ? 'FLY_MACHINE_ID' : 'KAMAL_CONTAINER_NAME'];
  return { machine: name && !CONTROL.test(name) ? name : hostname, region: isFly ? region : null };
}

/**
 * Where log files go: `RAILS_LOG_VOLUME`, taken from the app root if it is relative, as every directory is. Null for none,
 * and for a value that `readSite` refuses.
 *
 * @param defaultAppRoot where `APP_ROOT` is not set
 */
export function logDirOf(env: Environment, defaultAppRoot: string): string | null {
  const directory = env['RAILS_LOG_VOLUME'];
  if (!directory || CONTROL.test(directory) || directory.includes('${')) return null;
  try {
    return resolve(env['APP_ROOT'] || defaultAppRoot, directory);
  } catch {
    return null; // a relative path, and a working directory that is gone
  }
}
