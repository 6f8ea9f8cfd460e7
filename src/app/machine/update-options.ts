import { APPLICATION_OPTIONS, defineCommand } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';
import { checkForm, FORM_OPTIONS } from '../options/form.ts';

/** What one call of `update_config` by hand shall do. */
export type Task =
  | { readonly kind: 'update'; readonly force: boolean; readonly boot: boolean }
  | { readonly kind: 'dry-run'; readonly force: boolean }
  | { readonly kind: 'history' }
  | { readonly kind: 'generations' }
  | { readonly kind: 'warnings' }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'rollback'; readonly run: string | null };

const LISTINGS = ['history', 'generations', 'warnings', 'metrics'] as const satisfies readonly Task['kind'][];

/** What a task lists; null where it does something. */
export function listingOf({ kind }: Task): (typeof LISTINGS)[number] | null {
  return LISTINGS.find((listing) => listing === kind) ?? null;
}

export interface UpdateOptions {
  readonly task: Task;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
}

export const UPDATE = defineCommand(
  {
    name: 'update_config',
    folder: 'cgi-bin',
    startedBy: 'Navigator on `POST update_config`; engineers by hand',
    summary: 'update this machine: fetch the index, validate, generate, check, install',
    about: [
      'Fetches the index from the object store, validates it, generates htpasswd, map.yml, showcases.yml, tenants.list and navigator.yml from it, and installs what changed. Without an object store configured it works from the local index.',
    ],
    options: {
      'dry-run': {
        short: 'n',
        help: 'say what would change and what people will notice, with a diff of navigator.yml; change nothing',
        group: 'What to do',
      },
      force: { help: 'fetch and reinstall even if nothing changed, and make Navigator reload' },
      boot: {
        help: 'update; if that fails, bring the site up from the local index; for the hook of the maintenance configuration',
      },
      rollback: {
        operand: 'RUN',
        help: 'put everything back to before RUN (default: the last run that replaced anything)',
      },
      history: {
        help: 'list the last runs: when, trigger, outcome, what changed, duration',
        group: 'What to list',
      },
      warnings: { help: 'list the rows of the local index that are skipped or corrected' },
      generations: { help: 'list what can be rolled back to' },
      metrics: { help: 'print what this machine knows about itself, for Prometheus (docs/MONITORING.md)' },
      ...APPLICATION_OPTIONS,
      ...FORM_OPTIONS,
    },
    examples: [
      ['update_config --dry-run', 'what would change here?'],
      ['update_config', 'update this machine'],
      ['update_config --rollback', 'undo the last run that replaced anything'],
    ],
    environment: PLACES,
    exits: [[0, 'done'], [1, 'failed (nothing was changed)'], USAGE_EXIT],
    page: 'docs/OPERATING.md',
  },
  (values, usage): UpdateOptions => {
    const { force, boot, rollback } = values;
    const tasks: Task[] = [];
    if (values['dry-run']) tasks.push({ kind: 'dry-run', force });
    for (const kind of LISTINGS) if (values[kind]) tasks.push({ kind });
    if (rollback) tasks.push({ kind: 'rollback', run: rollback === true ? null : rollback });
    if (tasks.length > 1)
      throw usage(`${tasks.map(({ kind }) => `--${kind}`).join(' and ')} cannot be combined`);
    const task = tasks[0] ?? { kind: 'update', force, boot };
    if (force && task.kind !== 'update' && task.kind !== 'dry-run')
      throw usage(`--force and --${task.kind} cannot be combined`);
    if (boot && (task.kind !== 'update' || force))
      throw usage(`--boot and --${force ? 'force' : task.kind} cannot be combined`);
    checkForm(values, listingOf(task), usage);
    if (task.kind === 'metrics' && values.json) throw usage('--json and --metrics cannot be combined');
    return { task, appRoot: values['app-root'] };
  },
);
