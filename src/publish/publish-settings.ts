import { readCommand, readWholeNumber } from '../settings.ts';

/** A command that runs before the index of the admin host is read. */
export interface BeforeSettings {
  /** Program and arguments; empty for none. */
  readonly command: readonly string[];
  /** Milliseconds after which it is killed. */
  readonly timeoutMs: number;
}

/**
 * Reads `FLEET_BEFORE` (none) and `FLEET_BEFORE_TIMEOUT` (seconds, 300). An empty variable counts as
 * unset.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readBeforeSettings(env: NodeJS.ProcessEnv): BeforeSettings {
  return {
    command: readCommand(env, 'FLEET_BEFORE', []),
    timeoutMs: readWholeNumber(env, 'FLEET_BEFORE_TIMEOUT', 300, 1, 3600) * 1000,
  };
}

/**
 * Reads `FLEET_KEEP_PUBLISHED` (10): how many published indexes are kept beside the present one; 0 for none.
 *
 * @throws {Failure} `config-invalid`
 */
export function readKeepPublished(env: NodeJS.ProcessEnv): number {
  return readWholeNumber(env, 'FLEET_KEEP_PUBLISHED', 10, 0, 1000);
}
