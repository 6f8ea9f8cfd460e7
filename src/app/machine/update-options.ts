import { FLAG, type Form, readArguments, readForm, USUAL_OPTIONS, usageOf } from '../arguments.ts';

const usage = usageOf('update_config');

/** What one call of `update_config` by hand shall do. */
export type Task =
  | { readonly kind: 'help' }
  | { readonly kind: 'update'; readonly force: boolean; readonly boot: boolean }
  | { readonly kind: 'dry-run'; readonly force: boolean }
  | { readonly kind: 'history' }
  | { readonly kind: 'generations' }
  | { readonly kind: 'warnings' }
  | { readonly kind: 'rollback'; readonly run: string | null };

/** Tasks that do nothing but look something up. */
const LISTINGS: readonly string[] = ['history', 'generations', 'warnings'];

export interface Options {
  readonly task: Task;
  readonly form: Form;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
}

export const HELP = `Usage: update_config [options]

Fetches the index from the object store, validates it, generates htpasswd,
map.yml, showcases.yml, tenants.list and navigator.yml from it, and installs
what changed. Without an object store configured it works from the local index.

  --dry-run          say what would change, with a diff of navigator.yml; change
                     nothing
  --force            fetch and reinstall even when nothing changed, and have
                     Navigator reload
  --boot             bring the site up whatever the object store does: where the
                     update fails, from the local index; for the hook of the
                     maintenance configuration
  --history          list the last runs: when, trigger, outcome, what changed,
                     duration
  --warnings         list every row of the local index that is left out or not
                     read as it stands
  --generations      list what can be rolled back to
  --rollback [RUN]   put everything back to before RUN (the last run that
                     replaced anything)
  --app-root DIR     the application's directory (APP_ROOT, else the parent of
                     this file's)
  --json             the result as one JSON object instead of lines
  --events           what happens as JSON, one event a line (docs/API.md)
  --help             this text

The environment says where everything is: RAILS_DB_VOLUME, AWS_ENDPOINT_URL_S3
and so on.
Exit codes: 0 done, 1 failed (nothing was changed), 2 the options make no sense.
`;

/** @throws {Failure} `usage` */
export function parseOptions(args: readonly string[]): Options {
  const options = {
    'dry-run': FLAG,
    force: FLAG,
    boot: FLAG,
    history: FLAG,
    generations: FLAG,
    warnings: FLAG,
    rollback: FLAG,
    ...USUAL_OPTIONS,
  };
  const { values, positionals } = readArguments({ args: [...args], allowPositionals: true, options }, usage);
  const tasks: Task[] = [];
  if (values.help) tasks.push({ kind: 'help' });
  if (values['dry-run']) tasks.push({ kind: 'dry-run', force: values.force });
  if (values.history) tasks.push({ kind: 'history' });
  if (values.generations) tasks.push({ kind: 'generations' });
  if (values.warnings) tasks.push({ kind: 'warnings' });
  if (values.rollback) tasks.push({ kind: 'rollback', run: positionals[0] ?? null });
  if (tasks.length > 1)
    throw usage(`only one of ${tasks.map(({ kind }) => `--${kind}`).join(', ')} makes sense`);
  const task = tasks[0] ?? { kind: 'update', force: values.force, boot: values.boot };
  if (values.force && task.kind !== 'update' && task.kind !== 'dry-run')
    throw usage(`--force makes no sense with --${task.kind}`);
  if (values.boot && (task.kind !== 'update' || values.force)) throw usage(`--boot goes with nothing else`);
  const allowed = task.kind === 'rollback' ? 1 : 0;
  if (positionals.length > allowed)
    throw usage(`unexpected argument ${JSON.stringify(positionals[allowed])}`);
  const form = readForm(values, usage);
  if (form === 'events' && LISTINGS.includes(task.kind))
    throw usage(`--events makes no sense with --${task.kind}`);
  return { task, form, appRoot: values['app-root'] ?? null };
}
