import { Failure } from '../failure.ts';
import { readMaxDatabaseBytes } from '../tenants/tenants-settings.ts';

export interface DateSettings {
  /** Whether event dates are taken into the index at all. */
  readonly take: boolean;
  /** Bytes; a larger database is not opened. */
  readonly maxDatabaseBytes: number;
}

/**
 * Reads `FLEET_DATES` (`on`, else `off`) and `READY_MAX_DATABASE_MIB` (512). An empty variable counts as unset.
 *
 * @param wanted false to take none, whatever the variable holds
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readDateSettings(env: NodeJS.ProcessEnv, wanted = true): DateSettings {
  const text = wanted ? env['FLEET_DATES'] || 'on' : 'off';
  if (text !== 'on' && text !== 'off') {
    throw new Failure('config-invalid', 'FLEET_DATES is neither on nor off', {
      hint: 'Set it to off to leave event dates in the index as they are, or unset it.',
    });
  }
  return { take: text === 'on', maxDatabaseBytes: readMaxDatabaseBytes(env) };
}
