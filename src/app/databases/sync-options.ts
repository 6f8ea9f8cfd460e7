import { INDEX_NAME } from '../../bucket/object-names.ts';
import { FLAG, type Form, readArguments, readForm, USUAL_OPTIONS, usageOf } from '../arguments.ts';

const syncUsage = usageOf('sync-databases');

/** What one call of `sync-databases` shall do. */
export interface SyncOptions {
  readonly help: boolean;
  readonly dryRun: boolean;
  /** Names of tenants; null for all of this machine's. */
  readonly only: readonly string[] | null;
  readonly indexOnly: boolean;
  readonly safe: boolean;
  readonly form: Form;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
}

export const SYNC_HELP = `Usage: sync-databases [options]

Brings the databases of this machine's events and those in the object store
together: uploads what was changed here and belongs to this region, downloads
what is newer in the store. The index is never uploaded; config-update publishes
it.

  --dry-run          say what would be uploaded and downloaded; change nothing
  --only A,B         only these events, of any region, such as 2025-boston
  --index-only       only the index: the whole update, as update_config does it
  --safe             download nothing over a database that this region owns and
                     has; no region owns the index, so --index-only does the
                     same with it
  --app-root DIR     the application's directory (APP_ROOT, else the parent of
                     this file's)
  --json             the result as one JSON object instead of lines
  --events           what happens as JSON, one event a line (docs/API.md)
  --help             this text

The environment says where everything is: RAILS_DB_VOLUME, AWS_ENDPOINT_URL_S3
and so on.
Exit codes: 0 done, 1 something failed or was changed elsewhere, 2 the options
make no sense.
`;

/** @throws {Failure} `usage` */
export function parseSyncOptions(args: readonly string[]): SyncOptions {
  const options = {
    'dry-run': FLAG,
    only: { type: 'string', multiple: true },
    'index-only': FLAG,
    safe: FLAG,
    ...USUAL_OPTIONS,
  } as const;
  const { values } = readArguments({ args: [...args], options }, syncUsage);
  const only = values.only ? namesOf(values.only) : null;
  const indexOnly = values['index-only'];
  if (only && indexOnly)
    throw syncUsage('--only and --index-only make no sense together: run it once with each of them');
  return {
    help: values.help,
    dryRun: values['dry-run'],
    only,
    indexOnly,
    safe: values.safe,
    form: readForm(values, syncUsage),
    appRoot: values['app-root'] ?? null,
  };
}

/** The name of a tenant as it may be given: with or without the ending of its file. */
export function tenantName(text: string): string {
  return text.trim().replace(/\.sqlite3$/, '');
}

function namesOf(lists: readonly string[]): string[] {
  const names = [...new Set(lists.flatMap((list) => list.split(',')).map(tenantName))].filter(Boolean);
  if (names.length === 0) throw syncUsage('--only names no event');
  if (names.includes(INDEX_NAME)) throw syncUsage('--only is for events; --index-only is for the index');
  return names;
}
