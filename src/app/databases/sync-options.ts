import { INDEX_NAME } from '../../bucket/object-names.ts';
import { APPLICATION_OPTIONS, defineCommand, text } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';
import { checkForm, FORM_OPTIONS } from '../options/form.ts';

/** What one call of `sync-databases` shall do. */
export interface SyncOptions {
  readonly dryRun: boolean;
  /** Names of tenants; null for all of this machine's. */
  readonly only: readonly string[] | null;
  readonly indexOnly: boolean;
  readonly safe: boolean;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
}

export const SYNC = defineCommand(
  {
    name: 'sync-databases',
    folder: 'scripts',
    startedBy: 'operators',
    summary: "upload and download the databases of this machine's events, and say what differs",
    about: [
      "Brings the databases of this machine's events and those in the object store together: uploads what was changed here and belongs to this region, downloads what is newer in the store. The index is never uploaded; config-update publishes it.",
    ],
    options: {
      'dry-run': {
        short: 'n',
        help: 'say what would be uploaded and downloaded; change nothing',
        group: 'What to do',
      },
      only: {
        help: 'only these events, of any region, such as 2025-boston',
        value: text('A,B'),
        many: true,
        presetWords: "all of this machine's",
      },
      'index-only': { help: 'only the index: the whole update, as update_config does it' },
      safe: {
        help: 'download nothing over a database that this region owns and has; no region owns the index, so --index-only does the same with it',
      },
      ...APPLICATION_OPTIONS,
      ...FORM_OPTIONS,
    },
    examples: [
      ['sync-databases --dry-run', 'what differs between this machine and the store?'],
      ['sync-databases --only 2025-boston,2025-raleigh', 'only the databases of these two events'],
      ['sync-databases --safe', 'take what is new, and keep what this region owns'],
    ],
    environment: PLACES,
    exits: [[0, 'done'], [1, 'something failed or was changed elsewhere'], USAGE_EXIT],
    page: 'docs/DATABASES.md',
  },
  (values, usage): SyncOptions => {
    const only = values.only && namesOf(values.only, usage);
    const indexOnly = values['index-only'];
    if (only && indexOnly)
      throw usage('--only and --index-only cannot be combined: run it once with each of them');
    checkForm(values, null, usage);
    return { dryRun: values['dry-run'], only, indexOnly, safe: values.safe, appRoot: values['app-root'] };
  },
);

/** The name of a tenant as it may be given: with or without the ending of its file. */
export function tenantName(given: string): string {
  return given.trim().replace(/\.sqlite3$/, '');
}

function namesOf(lists: readonly string[], usage: (message: string) => Error): string[] {
  const names = [...new Set(lists.flatMap((list) => list.split(',')).map(tenantName))].filter(Boolean);
  if (names.length === 0) throw usage('--only names no event');
  if (names.includes(INDEX_NAME)) throw usage('--only is for events; --index-only is for the index');
  return names;
}
