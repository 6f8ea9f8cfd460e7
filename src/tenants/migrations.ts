import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeBadEnd } from '../child/bad-end.ts';
import { runChild } from '../child/run-child.ts';
import { openInstalled } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { Failure } from '../failure.ts';
import { codeOf, onDisk } from '../files/disk.ts';
import type { Site } from '../site/site.ts';
import { printable } from '../text.ts';
import { readColumn } from './column.ts';
import { databaseError, localSubject } from './tenant-failure.ts';
import type { TenantDatabase } from './tenant-model.ts';
import type { TenantSettings } from './tenants-settings.ts';
import { openUntouched } from './untouched.ts';

/** Rows: no application has so many. */
const MOST_MIGRATIONS = 20_000;

const MIGRATION = /^([0-9]+)_.*\.rb$/;

/**
 * The versions of the application's migrations, `<app root>/db/migrate/<version>_<name>.rb`; null where it has no such
 * directory.
 *
 * @throws {Failure} `disk`
 */
export function readMigrations(appRoot: string): readonly string[] | null {
  const directory = join(appRoot, 'db', 'migrate');
  return onDisk('cannot read', directory, () => {
    try {
      const versions = readdirSync(directory).map((file) => MIGRATION.exec(file)?.[1]);
      return versions.filter((version) => version !== undefined).map(plainVersion);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
      throw error;
    }
  });
}

/** How many of these a database lacks: all of them when it has no `schema_migrations`. */
export function countPending(versions: readonly string[], applied: ReadonlySet<string>): number {
  return versions.filter((version) => !applied.has(version)).length;
}

/**
 * The versions that a database has had applied; none where it has no `schema_migrations`, and where there is no
 * database.
 *
 * @param options.dryRun leave everything on disk as it is: no log of the database's is tidied up
 * @throws {Failure} `tenant-invalid`: it is not a database; `lock-timeout`; `disk`
 */
export function readApplied(tenant: TenantDatabase, options: { dryRun: boolean }): ReadonlySet<string> {
  const { name, path } = tenant;
  try {
    const db =
      options.dryRun || isLogLeft(path)
        ? openUntouched(path, name)
        : openInstalled(path, { subject: localSubject(name) });
    if (!db) return new Set();
    try {
      return appliedIn(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw databaseError(name, path, error);
  }
}

/** The versions that an open database has had applied. */
export function appliedIn(db: Database): ReadonlySet<string> {
  const versions = readColumn(db, 'schema_migrations', 'version', { rows: MOST_MIGRATIONS, bytes: 40 });
  return new Set(versions.map((version) => plainVersion(String(version))));
}

/** As a number has it, but of any length. */
function plainVersion(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, '');
}

/**
 * Whether a write-ahead log has changes. The last process that closes such a database writes them into it, which would
 * look like a change of just now: then a newer version in the store would not be fetched. A connection that only reads
 * does not do so, but it could not undo a rollback journal, which must be undone first.
 */
function isLogLeft(path: string): boolean {
  const [log, journal] = ['-wal', '-journal'].map((suffix) =>
    statSync(path + suffix, { throwIfNoEntry: false }),
  );
  return (log?.size ?? 0) > 0 && (journal?.size ?? 0) === 0;
}

export interface CommandContext {
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
 * @param tenant whose name and path the command gets; the path need not be the tenant's own
 * @throws {Failure} `command-failed`
 */
export async function runCommand(
  context: CommandContext,
  which: Command,
  tenant: Pick<TenantDatabase, 'name' | 'path'>,
  limit: Limit = usualLimit(context.settings),
): Promise<void> {
  const { site, env } = context;
  const outcome = await runChild({
    command: wordsOf(context, which),
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
  const problem = describeBadEnd(outcome, limit.words);
  // Not cut short here: half a secret would not be known for one.
  if (problem !== null) throw commandFailed(context, printable(problem), which);
}

function wordsOf({ settings }: CommandContext, which: Command): readonly string[] {
  return (which === 'prepare' ? settings.prepareCommand : settings.seedCommand) ?? [];
}

/** @param problem the end of a sentence about the command */
export function commandFailed(context: CommandContext, problem: string, which: Command = 'prepare'): Failure {
  return new Failure('command-failed', `${wordsOf(context, which).join(' ')} ${problem}`, {
    hint: 'Run it by hand in the app root, with DATABASE_URL=sqlite3://<path of that database>, to see why.',
  });
}

/**
 * `sqlite3:///data/db/2025-boston.sqlite3`. Characters that a URL cannot have are percent-encoded: Rails decodes the
 * path.
 */
export function databaseUrl(path: string): string {
  const encoded = encodeURI(path).replace(
    /[?#]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `sqlite3://${encoded}`;
}
