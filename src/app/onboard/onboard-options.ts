import type { Failure } from '../../failure.ts';
import { TARGETS } from '../fleet/config-update-options.ts';
import {
  APPLICATION_OPTIONS,
  choice,
  defineCommand,
  type Options,
  text,
  type Values,
} from '../options/command.ts';
import { CI_NAMES, type CiName } from './ci-steps.ts';
import type { PartName } from './onboard-answers.ts';

export interface OnboardOptions {
  /** By the name of the variable that an option sets. */
  readonly settings: Readonly<Record<string, string>>;
  /** Parts that are not wanted. */
  readonly declined: ReadonlySet<PartName>;
  /** `callback_url` as it is given; null where nothing is said. */
  readonly callbackUrl: string | null;
  /** Path of the file of settings; null for the usual one. */
  readonly envFile: string | null;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Whether the first update is run; null where nothing is said. */
  readonly run: boolean | null;
  /** Null for what the application's directory suggests. */
  readonly ci: CiName | null;
}

const FILE = { ...text('FILE'), names: 'file' } as const;

/** Variables that options set, in order. */
const SETTINGS = {
  'app-root': 'APP_ROOT',
  'db-dir': 'RAILS_DB_VOLUME',
  'store-endpoint': 'AWS_ENDPOINT_URL_S3',
  bucket: 'BUCKET_NAME',
  region: 'AWS_REGION',
  'key-id-file': 'AWS_ACCESS_KEY_ID_FILE',
  'secret-key-file': 'AWS_SECRET_ACCESS_KEY_FILE',
  target: 'WEB_TARGET',
  'fly-app': 'FLEET_FLY_APP',
  'fly-token-file': 'FLY_API_TOKEN_FILE',
  'kamal-url': 'FLEET_KAMAL_URL',
  'push-key-file': 'UPDATE_CONFIG_KEY_FILE',
  user: 'FLEET_USER',
  'password-file': 'FLEET_PASSWORD_FILE',
  'token-file': 'UPDATE_CONFIG_TOKEN_FILE',
  web: 'SHOWCASE_WEB',
  'web-url': 'WEB_URL',
  'public-url-fly': 'PUBLIC_URL_FLY',
  'public-url-kamal': 'PUBLIC_URL_KAMAL',
} as const;

const DECLINING = {
  'no-store': ['store', 'store-endpoint'],
  'no-login': ['login', 'user'],
  'no-web': ['web', 'web'],
  'no-callback': ['dashboard', 'callback-url'],
} as const;

const OPTIONS = {
  'dry-run': {
    short: 'n',
    help: 'show the files as they would be written, secrets left out; write nothing',
    group: 'What to do',
  },
  yes: { short: 'y', help: 'save without asking' },
  run: { help: 'after saving, run config-update --dry-run, then config-update' },
  'no-run': { help: 'do not run config-update after saving' },
  'env-file': {
    help: 'the file of settings that is written',
    value: FILE,
    presetWords: '<app root>/config/showcase.env',
  },
  ci: {
    help: 'whose steps are printed at the end',
    value: choice('NAME', CI_NAMES),
    presetWords: "gitlab where there is a .gitlab-ci.yml in the application's directory, else github",
  },
  ...APPLICATION_OPTIONS,
  'app-root': { ...APPLICATION_OPTIONS['app-root'], group: 'Where things are' },
  'db-dir': {
    help: 'the directory of databases, with index.sqlite3',
    value: { ...text('DIR'), names: 'directory' },
    variable: 'RAILS_DB_VOLUME',
  },
  'store-endpoint': {
    help: 'address of the object store',
    value: text('URL'),
    variable: 'AWS_ENDPOINT_URL_S3',
    group: 'The object store',
  },
  bucket: { help: 'its bucket', value: text('NAME'), variable: 'BUCKET_NAME', presetWords: 'showcase' },
  region: { help: 'its region', value: text('NAME'), variable: 'AWS_REGION', presetWords: 'auto' },
  'key-id-file': { help: 'a file with the key id', value: FILE, variable: 'AWS_ACCESS_KEY_ID' },
  'secret-key-file': { help: 'a file with the secret key', value: FILE, variable: 'AWS_SECRET_ACCESS_KEY' },
  'no-store': { help: 'there is no object store' },
  target: { short: 't', help: 'fly, kamal, or both: fly,kamal', value: TARGETS, group: 'The machines' },
  'fly-app': { help: 'the Fly app', value: text('NAME'), variable: 'FLEET_FLY_APP', presetWords: 'smooth' },
  'fly-token-file': {
    help: 'a file with a token of Fly',
    value: FILE,
    variable: 'FLY_API_TOKEN',
    presetWords: 'flyctl',
  },
  'kamal-url': {
    help: 'where update_config of the server answers',
    value: text('URL'),
    variable: 'FLEET_KAMAL_URL',
  },
  'push-key-file': {
    help: 'a file with the key of pushed indexes',
    value: FILE,
    variable: 'UPDATE_CONFIG_KEY_FILE',
  },
  user: {
    short: 'u',
    help: 'the administrator who asks machines what they would change',
    value: text('NAME'),
    variable: 'FLEET_USER',
    group: 'A login for the machines',
  },
  'password-file': { help: 'a file with the password', value: FILE, variable: 'FLEET_PASSWORD' },
  'token-file': {
    help: 'a file with the token of administrators',
    value: FILE,
    variable: 'UPDATE_CONFIG_TOKEN',
  },
  'no-login': { help: 'use no login for the machines' },
  web: {
    help: 'on, or where the web part answers',
    value: text('on|URL'),
    variable: 'SHOWCASE_WEB',
    group: 'The web part',
  },
  'web-url': { help: 'where its pages are seen', value: text('URL'), variable: 'WEB_URL' },
  'public-url-fly': { help: 'where events on Fly are seen', value: text('URL'), variable: 'PUBLIC_URL_FLY' },
  'public-url-kamal': {
    help: 'where events on Kamal are seen',
    value: text('URL'),
    variable: 'PUBLIC_URL_KAMAL',
  },
  'no-web': { help: 'there is no web part' },
  'callback-url': {
    help: 'the dashboard that deploy logs are streamed to',
    value: text('URL'),
    group: 'Deploy logs',
  },
  'no-callback': { help: 'do not stream deploy logs' },
} as const satisfies Options;

export const ONBOARD = defineCommand(
  {
    name: 'onboard',
    folder: 'scripts',
    startedBy: 'operators, on a new admin host',
    summary: 'set up a new admin host, up to its first update',
    about: [
      'Asks step by step for everything that config-update needs on the host that owns the index, checks every answer as it is given, and writes one file of settings at the end, and deploy.enc where deploy logs are to be streamed to a dashboard. Ctrl-C ends it at any question, and nothing is written.',
      'Answers that the environment or the file of settings has already are offered. Without a terminal every answer must be set already, or be given by an option; secrets come from the environment or from files, never from options.',
    ],
    options: OPTIONS,
    examples: [
      ['onboard', 'ask for everything'],
      ['onboard --dry-run', 'the same, and show what would be written'],
      ['onboard --yes --run', 'without a question where the file of settings answers all, and update'],
    ],
    environment: [
      ['AWS_ACCESS_KEY_ID', 'with AWS_SECRET_ACCESS_KEY: the keys of the object store'],
      ['FLEET_PASSWORD', 'the password of --user'],
      ['FLY_API_TOKEN', 'a token of Fly'],
      ['DEPLOY_KEY', 'the key of deploy.enc (default: the file deploy.key beside it)'],
      ['CI', 'set: nothing is asked, as without a terminal'],
    ],
    exits: [
      [0, 'done, or nothing was to be changed'],
      [1, 'nothing could be written, or the first update failed'],
      [2, 'the options make no sense, or an answer is missing'],
      [130, 'cancelled, nothing was written (143 by SIGTERM)'],
    ],
    page: 'docs/ONBOARD.md',
    isSecretive: true,
  },
  (values, usage): OnboardOptions => {
    check(values, usage);
    return {
      settings: Object.fromEntries(
        Object.entries(SETTINGS).flatMap(([option, name]) => {
          const value = values[option as keyof typeof SETTINGS];
          return value === null ? [] : [[name, value]];
        }),
      ),
      declined: new Set(
        Object.entries(DECLINING).flatMap(([option, [part]]) =>
          values[option as keyof typeof DECLINING] ? [part] : [],
        ),
      ),
      callbackUrl: values['callback-url'],
      envFile: values['env-file'],
      yes: values.yes,
      dryRun: values['dry-run'],
      run: values.run ? true : values['no-run'] ? false : null,
      ci: values.ci,
    };
  },
);

function check(values: Values<typeof OPTIONS>, usage: (message: string) => Failure): void {
  const excluding = [
    ...Object.entries(DECLINING).map(([no, [, yes]]) => [no, yes] as const),
    ['run', 'no-run'],
    ['dry-run', 'run'],
    ['user', 'token-file'],
  ] as const;
  const isGiven = (name: string) =>
    ![null, false].includes(values[name as keyof typeof values] as null | false);
  for (const [one, other] of excluding)
    if (isGiven(one) && isGiven(other)) throw usage(`--${one} and --${other} cannot be combined`);
  for (const [option, name] of Object.entries(SETTINGS)) {
    const value = values[option as keyof typeof SETTINGS];
    if (value === '') throw usage(`--${option} is empty; ${name} is left out where it is not wanted`);
  }
}
