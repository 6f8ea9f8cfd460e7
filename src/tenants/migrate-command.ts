import { problemOf } from '../child/problem.ts';
import { runChild } from '../child/run-child.ts';
import { Failure } from '../failure.ts';
import type { Site } from '../site/site.ts';
import { printable } from '../text.ts';
import type { TenantDatabase } from './tenant-model.ts';
import type { TenantSettings } from './tenants-settings.ts';

export interface CommandParts {
  readonly site: Site;
  readonly settings: TenantSettings;
  /** What the command gets, with the variables that name the database. */
  readonly env: NodeJS.ProcessEnv;
}

/** Which of the application's commands: the one that makes the tables, or the one that fills them. */
export type Command = 'prepare' | 'seed';

/** How long a command may take, and which setting says so. */
export interface Limit {
  readonly ms: number;
  /** Such as `120 s (READY_PREPARE_TIMEOUT)`. */
  readonly words: string;
}

export function usualLimit({ prepareTimeoutMs: ms }: TenantSettings): Limit {
  return { ms, words: `${ms / 1000} s (READY_PREPARE_TIMEOUT)` };
}

/**
 * Runs the application's own command on a database, in the app root, with `DATABASE_URL` (and `RAILS_ENV`,
 * `RAILS_DB_VOLUME` and `RAILS_APP_DB`, which the application's `config/database.yml` and its seed read).
 *
 * @param tenant whose name the command is told, and the path that it shall work on, be that the tenant's own or not
 * @throws {Failure} `command-failed`
 */
export async function runCommand(
  parts: CommandParts,
  which: Command,
  tenant: Pick<TenantDatabase, 'name' | 'path'>,
  limit: Limit = usualLimit(parts.settings),
): Promise<void> {
  const { site, env } = parts;
  const outcome = await runChild({
    command: wordsOf(parts, which),
    cwd: site.appRoot,
    env: {
      ...env,
      RAILS_ENV: env['RAILS_ENV'] || 'production',
      RAILS_DB_VOLUME: site.dbDir,
      RAILS_APP_DB: tenant.name,
      DATABASE_URL: databaseUrl(tenant.path),
    },
    timeoutMs: Math.max(1, limit.ms),
  });
  const problem = problemOf(outcome, limit.words);
  // Not cut short here: half a secret would not be known for one.
  if (problem !== null) throw commandFailed(parts, printable(problem), which);
}

function wordsOf({ settings }: CommandParts, which: Command): readonly string[] {
  return (which === 'prepare' ? settings.prepareCommand : settings.seedCommand) ?? [];
}

/** @param problem the end of a sentence about the command */
export function commandFailed(parts: CommandParts, problem: string, which: Command = 'prepare'): Failure {
  return new Failure('command-failed', `${wordsOf(parts, which).join(' ')} ${problem}`, {
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
