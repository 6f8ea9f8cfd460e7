import { readSeconds, readWholeNumber } from '../settings.ts';

/** Settings of an update, beside where things are (`Site`) and the store (`StoreSettings`). */
export interface UpdateSettings {
  /** Milliseconds to wait for another update on this machine to end. */
  readonly lockTimeoutMs: number;
  /** Bytes; a larger index is refused before it is read. */
  readonly maxIndexBytes: number;
  /** How many replaced generations are kept. */
  readonly generations: number;
  /** Milliseconds for the databases of all new events together. */
  readonly prepareTimeoutMs: number;
  /** Bearer token that makes a caller an administrator; null for none. */
  readonly token: string | null;
}

const MIB = 1024 * 1024;

/**
 * Reads `UPDATE_CONFIG_LOCK_TIMEOUT` (seconds, 60), `UPDATE_CONFIG_MAX_INDEX_MIB` (64), `UPDATE_CONFIG_GENERATIONS`
 * (10), `UPDATE_CONFIG_PREPARE_TIMEOUT` (seconds, 20) and `UPDATE_CONFIG_TOKEN`. An empty variable counts as unset.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readUpdateSettings(env: NodeJS.ProcessEnv): UpdateSettings {
  return {
    lockTimeoutMs: readWholeNumber(env, 'UPDATE_CONFIG_LOCK_TIMEOUT', 60, 0, 3600) * 1000,
    maxIndexBytes: readWholeNumber(env, 'UPDATE_CONFIG_MAX_INDEX_MIB', 64, 1, 2048) * MIB,
    generations: readWholeNumber(env, 'UPDATE_CONFIG_GENERATIONS', 10, 1, 1000),
    prepareTimeoutMs: readSeconds(env, 'UPDATE_CONFIG_PREPARE_TIMEOUT', 20),
    token: env['UPDATE_CONFIG_TOKEN'] || null,
  };
}
