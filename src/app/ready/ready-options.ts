import { type Scope, STAGES, type StageName } from '../../ready/stages.ts';
import { FLAG, readArguments, readForm, USUAL_OPTIONS, usageOf } from '../arguments.ts';

const usage = usageOf('ready');

/** What one call of `ready` shall do. */
export interface ReadyOptions {
  readonly task: 'help' | 'list' | 'dry-run' | 'run';
  readonly scope: Scope;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
}

export const READY_HELP = `Usage: ready [options]

Navigator's ready hook: prepares the database of every event that this machine
serves, then prerenders the site's pages, both straight from the installed
index. One runs at a time: a second one has the first go round once more, and
ends at once.

  --list             print the tenant databases and the pages, one a line; do
                     nothing
  --dry-run          say what would be done; change nothing
  --only WHAT        tenants or pages
  --app-root DIR     the application's directory (APP_ROOT, else the parent of
                     this file's)
  --json             the result as one JSON object instead of lines
  --events           what happens as JSON, one event a line (docs/API.md)
  --help             this text

The environment says where everything is, as for update_config; docs/READY.md
lists what can be set of this one.
Exit codes: 0 done, or left to the one that is at work; 1 anything failed (the
rest was done); 2 the options make no sense.
`;

/** @throws {Failure} `usage` */
export function parseReadyOptions(args: readonly string[]): ReadyOptions {
  const options = {
    list: FLAG,
    'dry-run': FLAG,
    only: { type: 'string', multiple: true },
    ...USUAL_OPTIONS,
  } as const;
  const { values } = readArguments({ args: [...args], options }, usage);
  if (values.list && values['dry-run']) throw usage('only one of --list and --dry-run makes sense');
  const form = readForm(values, usage);
  if (form === 'events' && values.list) throw usage('--events makes no sense with --list');
  const task = values.help ? 'help' : values.list ? 'list' : values['dry-run'] ? 'dry-run' : 'run';
  return {
    task,
    scope: scopeOf(values.only),
    appRoot: values['app-root'] ?? null,
  };
}

/** Given twice, both are meant. */
function scopeOf(only: readonly string[] | undefined): Scope {
  if (only === undefined) return STAGES;
  const unknown = only.find((name) => !STAGES.includes(name as StageName));
  if (unknown !== undefined) throw usage(`--only ${JSON.stringify(unknown)} is neither tenants nor pages`);
  return STAGES.filter((stage) => only.includes(stage));
}
