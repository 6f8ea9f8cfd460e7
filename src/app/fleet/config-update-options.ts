import type { Failure } from '../../failure.ts';
import type { GivenLimits } from '../../fleet/fleet-settings.ts';
import { TARGET_NAMES } from '../../fleet/targets/all-targets.ts';
import {
  APPLICATION_OPTIONS,
  defineCommand,
  formed,
  type Options,
  text,
  Unfit,
  type Value,
  type Values,
  wholeNumber,
} from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';
import { FORM_OPTIONS, type Form, formOf } from '../options/form.ts';
import {
  DASHBOARD_OPTIONS,
  type DashboardOptions,
  dashboardOf,
  type SendOutboxTask,
  sendOutboxOf,
} from './dashboard-options.ts';
import { type FleetTask, taskOf } from './fleet-task.ts';

export interface FleetOptions {
  readonly task: FleetTask | SendOutboxTask;
  /** One, or several with commas between them. */
  readonly target: string;
  readonly form: Form;
  readonly verbose: boolean;
  /** `user` or `user:password`; null when not given. */
  readonly user: string | null;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
  readonly limits: GivenLimits;
  /** Null for no broadcast. */
  readonly broadcast: { readonly stream: string; readonly url: string | null } | null;
  readonly dashboard: DashboardOptions;
}

/** Targets with commas between them. */
export const TARGETS: Value<string> = {
  name: 'NAMES',
  choices: TARGET_NAMES,
  parse: (given) => {
    const names = given.split(',').map((name) => name.trim());
    if (names.some((name) => !TARGET_NAMES.includes(name)))
      throw new Unfit(`takes ${TARGET_NAMES.join(' or ')}, or several with commas between them`);
    if (new Set(names).size < names.length) throw new Unfit('takes each name once');
    return names.join(',');
  },
};

const OPTIONS = {
  'dry-run': {
    short: 'n',
    help: 'say what would be published; ask every machine what it would change; change nothing',
    group: 'What to do',
  },
  verify: { help: 'compare the index of every machine with the store; change nothing' },
  history: { help: 'list the last runs: when, who, and the result for the index and the machines' },
  undo: {
    operand: 'RUN',
    help: 'publish the index that the last publication, or that of RUN, replaced; an undo can be undone',
  },
  'discard-pending': {
    help: 'undo although this host has changes that were never published; a copy of them is kept',
  },
  published: { help: 'list the published indexes that are kept here for --undo' },
  metrics: { help: 'print what this host knows about its runs, for Prometheus (docs/MONITORING.md)' },
  target: {
    short: 't',
    help: 'fly (the machines of the Fly app), kamal (the one server), or both: fly,kamal',
    value: TARGETS,
    many: true,
    presetWords: 'fly',
    group: 'How the index gets to the machines',
  },
  push: {
    help: 'send the index to the machines, signed (UPDATE_CONFIG_KEY_FILE), without the object store: the default for kamal',
  },
  publish: { help: 'publish the index, so that the machines fetch it: the default for fly' },
  'no-publish': { help: 'update the machines to what the store has' },
  'no-dates': { help: 'do not take the dates of events from their own databases into the index' },
  force: { help: 'let a pushed index replace a newer one on the machines' },
  replace: {
    help: 'publish over the index with this ETag, which another host has published',
    value: formed('ETAG', /^"?[\x21\x23-\x7e]+"?$/, 'an ETag'),
  },
  user: {
    short: 'u',
    help: 'user for the machines; put the password into FLEET_PASSWORD or ~/.netrc, since ps shows arguments to everybody on this host',
    value: text('NAME[:PASS]'),
    variable: 'FLEET_USER',
    group: 'How the machines are asked',
  },
  concurrency: {
    help: 'machines that are asked at the same time',
    value: wholeNumber('N', 1, 1000),
    variable: 'FLEET_CONCURRENCY',
    presetWords: '100',
  },
  timeout: {
    help: 'seconds for one request to one machine',
    value: wholeNumber('S', 1, 3600),
    variable: 'FLEET_TIMEOUT',
    presetWords: '60',
  },
  deadline: {
    help: 'seconds for everything after the index is published',
    value: wholeNumber('S', 1, 86_400),
    variable: 'FLEET_DEADLINE',
    presetWords: '300',
  },
  broadcast: {
    help: 'send the progress of the run to this stream of Navigator',
    value: formed('STREAM', /./s, 'the name of a stream'),
    group: 'Output',
  },
  'broadcast-url': {
    help: 'where broadcasts go',
    value: text('URL'),
    variable: 'TURBO_CABLE_BROADCAST_URL',
    presetWords: 'http://localhost:9999/_broadcast',
  },
  ...FORM_OPTIONS,
  json: { help: 'the report as one JSON object instead of lines' },
  verbose: { short: 'v', help: "show each machine's own log" },
  ...DASHBOARD_OPTIONS,
  ...APPLICATION_OPTIONS,
} as const satisfies Options;

type Given = Values<typeof OPTIONS>;

export const CONFIG_UPDATE = defineCommand(
  {
    name: 'config-update',
    folder: 'scripts',
    startedBy: "operators, the application's job, CI: on the admin host",
    summary: 'publish the index, update all machines at once, compare them, take it back',
    about: [
      'Publishes the index of this host to the object store if the store has another one, or sends it to the machines. Then it finds the active machines and asks all of them at once to update their configuration.',
    ],
    options: OPTIONS,
    examples: [
      ['config-update', 'publish, then update every machine of the Fly app'],
      ['config-update --dry-run', 'what would be published, and what would each machine change?'],
      ['config-update --verify', 'has every machine what the store has?'],
      ['config-update --target kamal', 'send the index to the one server'],
      ['config-update --undo --dry-run', 'what would taking back the last publication change?'],
    ],
    environment: [
      ['FLEET_BEFORE', 'a command that runs before the index is read; if it fails, nothing is published'],
      [
        'FLEET_KEEP_PUBLISHED',
        'published indexes that are kept for --undo beside the present one (default 10)',
      ],
      ['FLEET_FLY_APP', 'the Fly app (default FLY_APP_NAME, else smooth)'],
      ['FLEET_KAMAL_URL', 'where update_config of the one server answers'],
      ['UPDATE_CONFIG_KEY_FILE', 'a file with the key that pushed indexes are signed with'],
      ['DEPLOY_KEY', 'the key of deploy.enc, which may name a dashboard (or NVOI_MASTER_KEY)'],
      ['NVOI_DEPLOY_ID', 'the id by which the dashboard knows it (default GITHUB_RUN_ID, else a new one)'],
      ...PLACES,
    ],
    exits: [
      [0, 'all done'],
      [1, 'some machines failed (they are named), the run could not go on, or --send-outbox left something'],
      USAGE_EXIT,
      [3, 'no active machine'],
      [4, 'the index changed elsewhere'],
      [130, 'interrupted (143 by SIGTERM)'],
    ],
    page: 'docs/FLEET.md',
    isSecretive: true,
  },
  (values, usage): FleetOptions => ({
    task: sendOutboxOf(values, usage) ?? taskOf(values, usage),
    target: targetOf(values, usage),
    form: formOf(values),
    verbose: values.verbose,
    user: values.user,
    appRoot: values['app-root'],
    limits: { concurrency: values.concurrency, timeoutS: values.timeout, deadlineS: values.deadline },
    broadcast: broadcastOf(values, usage),
    dashboard: dashboardOf(values, usage),
  }),
);

/** `-t fly -t kamal` means both: with the last one alone, the machines of the other would be left out. */
function targetOf({ target }: Given, usage: (message: string) => Failure): string {
  const names = (target ?? ['fly']).flatMap((list) => list.split(','));
  if (new Set(names).size < names.length) throw usage('--target takes each name once');
  return names.join(',');
}

function broadcastOf(values: Given, usage: (message: string) => Failure): FleetOptions['broadcast'] {
  const { broadcast: stream, 'broadcast-url': url } = values;
  if (stream !== null) return { stream, url };
  if (url !== null) throw usage('--broadcast-url needs --broadcast');
  return null;
}
