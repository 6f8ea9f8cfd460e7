import { readSeconds } from '../settings.ts';
import { readWebhook, type Webhook } from './webhook.ts';

/** Settings of uploads, beside where things are and the store. */
export interface SyncSettings {
  /** Milliseconds that the idle hook has; Navigator gives it five minutes. */
  readonly idleMs: number;
  /** Milliseconds that the tenant's stop hook has; Navigator gives it two minutes. */
  readonly tenantStopMs: number;
  /** The Fly app whose hooks upload. In any other app, such as one for trials, they only report what they would upload. */
  readonly uploadingApp: string;
  /** The webhook that is called after uploads. */
  readonly webhook: Webhook;
}

/**
 * Reads `IDLE_DEADLINE` (seconds, 240), `TENANT_STOP_DEADLINE` (seconds, 100), `UPLOADING_APP` (`smooth`) and
 * `SYNC_WEBHOOK` (none). An empty variable counts as unset.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readSyncSettings(env: NodeJS.ProcessEnv): SyncSettings {
  return {
    idleMs: readSeconds(env, 'IDLE_DEADLINE', 240),
    tenantStopMs: readSeconds(env, 'TENANT_STOP_DEADLINE', 100),
    uploadingApp: env['UPLOADING_APP'] || 'smooth',
    webhook: readWebhook(env),
  };
}
