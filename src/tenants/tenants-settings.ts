import { readCommand, readWholeNumber } from '../settings.ts';

/** Settings of downloading and preparing tenant databases. */
export interface TenantSettings {
  /** Databases that are worked on at once. */
  readonly concurrency: number;
  /** Bytes; a larger database is refused before it is read. */
  readonly maxDatabaseBytes: number;
  /** Program and arguments that bring a database up to the application's migrations. */
  readonly prepareCommand: readonly string[];
  /** Program and arguments that fill a prepared database whose `events` is empty; null for none. */
  readonly seedCommand: readonly string[] | null;
  /** Milliseconds after which one run of either is killed. */
  readonly prepareTimeoutMs: number;
  /** Runs of it at once. */
  readonly prepareConcurrency: number;
}

/**
 * The time of a database that was made here and not written to since: any version in the store is newer, and it is not
 * uploaded. No real one is as old.
 */
export const UNTOUCHED = new Date('2000-01-01T00:00:00Z');

/** The application writes, everybody on the machine may read: it is alone there. */
export const NEW_DATABASE_MODE = 0o644;

const MIB = 1024 * 1024;

/**
 * Reads `READY_CONCURRENCY` (4), `READY_MAX_DATABASE_MIB` (512), `READY_PREPARE_COMMAND` (`bin/rails db:prepare`),
 * `READY_SEED_COMMAND` (`bin/rails db:seed`; `off` for none), `READY_PREPARE_TIMEOUT` (seconds, 120) and `READY_PREPARE_CONCURRENCY` (2). An empty variable counts as unset.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readTenantSettings(env: NodeJS.ProcessEnv): TenantSettings {
  return {
    concurrency: readWholeNumber(env, 'READY_CONCURRENCY', 4, 1, 64),
    maxDatabaseBytes: readMaxDatabaseBytes(env),
    prepareCommand: readCommand(env, 'READY_PREPARE_COMMAND', ['bin/rails', 'db:prepare']),
    seedCommand: readSeedCommand(env),
    prepareTimeoutMs: readWholeNumber(env, 'READY_PREPARE_TIMEOUT', 120, 1, 3600) * 1000,
    prepareConcurrency: readWholeNumber(env, 'READY_PREPARE_CONCURRENCY', 2, 1, 64),
  };
}

function readSeedCommand(env: NodeJS.ProcessEnv): readonly string[] | null {
  const command = readCommand(env, 'READY_SEED_COMMAND', ['bin/rails', 'db:seed']);
  return command.length === 1 && command[0] === 'off' ? null : command;
}

/**
 * Reads `READY_MAX_DATABASE_MIB` (512).
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readMaxDatabaseBytes(env: NodeJS.ProcessEnv): number {
  return readWholeNumber(env, 'READY_MAX_DATABASE_MIB', 512, 1, 2047) * MIB;
}
