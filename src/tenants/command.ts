import { problemOf } from '../child/problem.ts';
import { runChild } from '../child/run.ts';
import { Failure } from '../failure.ts';
import { printable } from '../index/keys.ts';
import type { Site } from '../site/types.ts';
import type { TenantSettings } from './settings.ts';
import type { TenantDatabase } from './types.ts';

export interface CommandParts {
  readonly site: Site;
  readonly settings: TenantSettings;
  /** What the command gets, with the variables that name the database. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs the application's own command on a tenant's database, in the app root, with `DATABASE_URL` (and `RAILS_ENV`,
 * `RAILS_DB_VOLUME` and `RAILS_APP_DB`, which the application's `config/database.yml` reads).
 *
 * @throws {Failure} `command-failed`
 */
export async function runPrepare(parts: CommandParts, tenant: TenantDatabase): Promise<void> {
  const { site, settings, env } = parts;
  const { prepareCommand: command, prepareTimeoutMs: timeoutMs } = settings;
  const outcome = await runChild({
    command,
    cwd: site.appRoot,
    env: {
      ...env,
      RAILS_ENV: env['RAILS_ENV'] || 'production',
      RAILS_DB_VOLUME: site.dbDir,
      RAILS_APP_DB: tenant.name,
      DATABASE_URL: databaseUrl(tenant.path),
    },
    timeoutMs,
  });
  const problem = problemOf(outcome, `${timeoutMs / 1000} s (READY_PREPARE_TIMEOUT)`);
  // Not cut short here: half a secret would not be known for one.
  if (problem !== null) throw commandFailed(parts, printable(problem));
}

/** @param problem the end of a sentence about the command */
export function commandFailed({ settings }: CommandParts, problem: string): Failure {
  return new Failure('command-failed', `${settings.prepareCommand.join(' ')} ${problem}`, {
    hint: 'Run it by hand in the app root, with DATABASE_URL=sqlite3://<path of that database>, to see why.',
  });
}

/** `sqlite3:///data/db/2025-boston.sqlite3`. What may not stand in a URL is percent-encoded: Rails decodes the path. */
export function databaseUrl(path: string): string {
  const encoded = encodeURI(path).replace(
    /[?#]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `sqlite3://${encoded}`;
}
