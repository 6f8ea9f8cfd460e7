import { Failure } from '../failure.ts';

/** What an operator can set of uploads, beside where things are and the store. */
export interface SyncSettings {
  /** Milliseconds that the idle hook has; Navigator gives it five minutes. */
  readonly idleMs: number;
  /** Milliseconds that the tenant's stop hook has; Navigator gives it two minutes. */
  readonly tenantStopMs: number;
  /** The Fly app whose hooks upload. Those of any other, such as one for trials, only say what they would. */
  readonly uploadingApp: string;
}

/**
 * Reads `IDLE_DEADLINE` (seconds, 240), `TENANT_STOP_DEADLINE` (seconds, 100) and `UPLOADING_APP` (`smooth`). An empty
 * variable counts as unset.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readSyncSettings(env: NodeJS.ProcessEnv): SyncSettings {
  return {
    idleMs: seconds(env, 'IDLE_DEADLINE', 240),
    tenantStopMs: seconds(env, 'TENANT_STOP_DEADLINE', 100),
    uploadingApp: env['UPLOADING_APP'] || 'smooth',
  };
}

/** A day: more is a mistake. */
const MOST = 86_400;

function seconds(env: NodeJS.ProcessEnv, name: string, preset: number): number {
  const text = env[name];
  if (!text) return preset * 1000;
  const value = /^[0-9]{1,6}(\.[0-9]+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= MOST) return Math.ceil(value * 1000);
  throw new Failure('config-invalid', `${name} is not a number of seconds from 0 to ${MOST}`, {
    hint: `Set ${name} to such a number, or unset it for ${preset}.`,
  });
}
