import { Failure } from '../../failure.ts';
import { type Listen, readListen } from '../../site/web-setting.ts';
import { APPLICATION_OPTIONS, defineCommand, Unfit, type Value } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';
import { KEYS_OPTIONS, KEYS_SUBCOMMANDS, type KeysTask, readKeysTask } from './keys-options.ts';

export interface WebOptions {
  /** Null where it was not given. */
  readonly listen: Listen | null;
  /** Whether to end when the process is gone that has started this one. */
  readonly withParent: boolean;
  readonly appRoot: string | null;
  /** What is to be done instead of serving; null to serve. */
  readonly task: KeysTask | null;
}

const ADDRESS: Value<Listen> = {
  name: 'ADDRESS',
  parse: (given) => {
    try {
      return readListen({ WEB_LISTEN: given });
    } catch (error) {
      if (error instanceof Failure)
        throw new Unfit('takes an address and port of this machine alone, such as 127.0.0.1:9898');
      throw error;
    }
  },
};

export const SHOWCASE_WEB = defineCommand(
  {
    name: 'showcase-web',
    folder: 'scripts',
    startedBy: 'Navigator or systemd, on the admin host',
    summary: 'serve the pages for studios and administrators, live runs, deploys, metrics and webhooks',
    about: [
      'A server for the host that owns the index. Studios ask for events there and watch them come live; administrators edit the index, have the machines updated, and see what happened. It starts scripts/config-update for every update, and does nothing of that itself.',
      'Runs of config-update elsewhere can be received here, too: who holds a key of a project may send them (docs/DASHBOARD.md). The commands work while the server runs.',
      'It listens behind Navigator, and logs people in by itself, by the users of the index. SIGTERM ends it: what is under way is begun again by the next one.',
    ],
    options: {
      listen: {
        help: 'where to listen; port 0 for any that is free',
        value: ADDRESS,
        variable: 'WEB_LISTEN',
        presetWords: '127.0.0.1:9898',
        group: 'Server',
      },
      'with-parent': {
        help: 'end when the process is gone that has started this one, as Navigator needs it',
      },
      ...KEYS_OPTIONS,
      ...APPLICATION_OPTIONS,
    },
    subcommands: KEYS_SUBCOMMANDS,
    isSecretive: true,
    examples: [
      ['showcase-web', 'listen on 127.0.0.1:9898'],
      ['showcase-web --listen 127.0.0.1:0', 'listen on any port, and say which'],
      ['showcase-web keys add --file deploy.key', 'have runs received that are signed with this key'],
      ['showcase-web keys list', 'say who may send runs'],
    ],
    environment: [
      [
        'PUBLIC_URL_FLY, PUBLIC_URL_KAMAL',
        "where a target's events are seen, such as https://smooth.fly.dev/showcase",
      ],
      ['WEB_TARGET', 'which machines are updated: fly, kamal, or fly,kamal (default fly)'],
      ['WEB_TRUSTED_PROXIES', 'addresses and networks of proxies that are believed (default loopback)'],
      ['WEB_STATE_DIR', 'directory of the runs (default .showcase-web in the db dir)'],
      [
        'WEB_URL',
        'where these pages are seen, for links in mails (default that of the first target: PUBLIC_URL_...)',
      ],
      [
        'SMTP_URL, SMTP_URL_FILE',
        'the mail server, smtps://user:password@host or smtp://... (default: no mail); a file with it',
      ],
      ['MAIL_FROM', 'who sends the mails: an address, or a name with one in angle brackets'],
      ['MAIL_ADMIN', 'addresses that hear of failures (default those of all administrators)'],
      ['WEBHOOK_KEY_FILE', 'a file with keys (whsec_..., one a line) of programs that may ask for an update'],
      [
        'WEBHOOK_GITHUB_SECRET_FILE',
        'a file with secrets, one a line, that webhooks of GitHub are signed with',
      ],
      ['WEBHOOK_GITHUB_EVENTS', 'of these: push, release, workflow_run, repository_dispatch (default push)'],
      ['WEBHOOK_GITHUB_BRANCHES', "branches that count (default the repository's default branch)"],
      ['WEBHOOK_STORE_TOKEN_FILE', 'a file with tokens, one a line, that the object store notifies with'],
      [
        'WEBHOOK_URLS, WEBHOOK_URLS_FILE',
        'addresses that get messages about runs, separated by spaces; a file with them',
      ],
      ['WEBHOOK_SIGNING_KEY_FILE', 'a file with the keys (whsec_..., one a line) that sign these messages'],
      ['WEBHOOK_NOTIFY_URL', 'an address that is asked (GET) when an index was published'],
      ['METRICS_TOKEN_FILE', 'a file with the token of programs that read the metrics'],
      ['APP_SOURCE', "the application's source, where changes that are not deployed are looked for"],
      ['DEPLOY_CHECK_COMMAND', 'lists them, a line each (default git status --short)'],
      [
        'DEPLOY_COMMAND',
        'what deploys the application; with APP_SOURCE, administrators may run it (default fly deploy, shown only)',
      ],
      ...PLACES,
    ],
    exits: [
      [0, 'a signal ended it, or its parent was gone; or the command was done'],
      [1, 'it could not begin, such as with a port that is taken; or the command failed'],
      USAGE_EXIT,
    ],
    page: 'docs/INSTALL-WEB.md',
  },
  (values, usage, subcommand): WebOptions => ({
    listen: values.listen,
    withParent: values['with-parent'],
    appRoot: values['app-root'],
    task: readKeysTask(values, usage, subcommand),
  }),
);
