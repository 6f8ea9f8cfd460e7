import { type Scope, STAGES } from '../../ready/stages.ts';
import { APPLICATION_OPTIONS, choice, defineCommand } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';
import { checkForm, FORM_OPTIONS } from '../options/form.ts';

/** What one call of `ready` shall do. */
export interface ReadyOptions {
  readonly task: 'list' | 'dry-run' | 'run';
  readonly scope: Scope;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
}

export const READY = defineCommand(
  {
    name: 'ready',
    folder: 'scripts',
    startedBy: "Navigator's ready hook, after each reload",
    summary: "prepare the databases of this machine's events, and prerender the site's pages",
    about: [
      "Navigator's ready hook: prepares the database of every event that this machine serves, then prerenders the site's pages, both straight from the installed index. One runs at a time: a second one has the first go round once more, and ends at once.",
    ],
    options: {
      list: {
        help: 'print the tenant databases and the pages, one a line; do nothing',
        group: 'What to do',
      },
      'dry-run': { short: 'n', help: 'say what would be done; change nothing' },
      only: { help: 'tenants or pages', value: choice('WHAT', STAGES), many: true, presetWords: 'both' },
      ...APPLICATION_OPTIONS,
      ...FORM_OPTIONS,
    },
    examples: [
      ['ready --list --only tenants', "this machine's databases"],
      ['ready --dry-run', 'what would be downloaded, migrated and rendered?'],
    ],
    environment: [['READY_DEADLINE', 'seconds until it ends itself (default 570)'], ...PLACES],
    exits: [
      [0, 'done, or left to the one that is at work'],
      [1, 'anything failed (the rest was done)'],
      USAGE_EXIT,
    ],
    page: 'docs/READY.md',
  },
  (values, usage): ReadyOptions => {
    const { list, only, 'dry-run': dryRun } = values;
    if (list && dryRun) throw usage('--list and --dry-run cannot be combined');
    checkForm(values, list ? 'list' : null, usage);
    return {
      task: list ? 'list' : dryRun ? 'dry-run' : 'run',
      // Given twice, both are meant.
      scope: only === null ? STAGES : STAGES.filter((stage) => only.includes(stage)),
      appRoot: values['app-root'],
    };
  },
);
