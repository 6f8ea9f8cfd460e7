import type { FleetOperation } from '../../report/fleet-results.ts';
import { FLAG, type Form, readArguments, readForm, USUAL_OPTIONS, usageOf } from '../arguments.ts';

const usage = usageOf('config-update');

/** What one call of `config-update` shall do. */
type FleetTask = { readonly kind: 'help' } | { readonly kind: 'history' } | FleetRun;

export interface FleetRun {
  readonly kind: 'run';
  readonly operation: FleetOperation;
  /** False to update machines to what the store has. */
  readonly publish: boolean;
  /** How machines get to the index, whatever is usual for their target; null for that. */
  readonly way: 'publish' | 'push' | null;
  /** ETag of the index to publish over; null without one. */
  readonly replaces: string | null;
  /** Whether machines take what is pushed over a newer index, too. */
  readonly force: boolean;
}

export interface FleetOptions {
  readonly task: FleetTask;
  /** One, or several with commas between them. */
  readonly target: string;
  readonly form: Form;
  readonly verbose: boolean;
  /** `user` or `user:password`; null when not given. */
  readonly user: string | null;
  /** Instead of `APP_ROOT`; null when not given. */
  readonly appRoot: string | null;
  /** Variables that options stand for, such as `CONFIG_UPDATE_TIMEOUT` for `--timeout`. */
  readonly env: Readonly<Record<string, string>>;
  /** Null for no broadcast. */
  readonly broadcast: { readonly stream: string; readonly url: string | null } | null;
}

export const FLEET_HELP = `Usage: config-update [options]

Publishes the index of this host to the object store when it differs from what
is there, or sends it to the machines themselves; finds the active ones, and has
them all update their configuration at once.

  --target NAMES       fly (the machines of the Fly app; default), kamal (the
                       one server), or both: fly,kamal
  --push               send the index to the machines, signed
                       (UPDATE_CONFIG_KEY_FILE), and ask no object store: what
                       is done for kamal
  --publish            publish it, and have the machines fetch it: what is done
                       for fly
  --dry-run            say what would be done; ask every machine what it would
                       change; change nothing
  --verify             compare what every machine has with the store; change
                       nothing
  --history            list the last runs: when, who, what became of the index
                       and the machines
  --no-publish         update the machines to what the store has
  --no-dates           do not take the dates of events from their own databases
                       into the index
  --force              have machines take a pushed index over a newer one
  --replace ETAG       publish over this index of somebody else, which you were
                       told of
  --user NAME[:PASS]   who asks; better leave the password to
                       CONFIG_UPDATE_PASSWORD or ~/.netrc, since ps shows
                       arguments to everybody on this host
  --concurrency N      machines that are asked at the same time
  --timeout S          seconds for one request to one machine
  --deadline S         seconds for everything after the index is published
  --broadcast STREAM   tell this stream of Navigator's how far the run is
  --broadcast-url URL  where to (default http://localhost:9999/_broadcast)
  --app-root DIR       the application's directory (APP_ROOT, else the parent of
                       this file's)
  --json               the report as one JSON object instead of lines
  --events             what happens as JSON, one event a line (docs/API.md)
  --verbose            show each machine's own log
  --help               this text

CONFIG_UPDATE_BEFORE names a command that runs before the index is read; if it
fails, nothing is published.

Exit codes: 0 all done, 1 some machines failed (they are named) or the run could
not go on, 2 the options make no sense, 3 no active machine, 4 the index changed
elsewhere, 130 interrupted.
`;

/** Options that stand for a variable, and the numbers that it may hold. */
const NUMBERS = {
  concurrency: { variable: 'CONFIG_UPDATE_CONCURRENCY', most: 1000 },
  timeout: { variable: 'CONFIG_UPDATE_TIMEOUT', most: 3600 },
  deadline: { variable: 'CONFIG_UPDATE_DEADLINE', most: 86_400 },
} as const;

/** @throws {Failure} `usage`; it never repeats a value, since one may be a password in the wrong place. */
export function parseFleetOptions(args: readonly string[]): FleetOptions {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) throw usage('there is an argument that belongs to no option');
  const env = Object.fromEntries(
    Object.entries(NUMBERS).flatMap(([name, { variable, most }]) => {
      const text = values[name as keyof typeof NUMBERS];
      return text === undefined ? [] : [[variable, wholeNumber(`--${name}`, text, most)]];
    }),
  );
  return {
    task: taskOf(values),
    target: values.target ?? 'fly',
    form: formFor(values),
    verbose: values.verbose,
    user: values.user ?? null,
    appRoot: values['app-root'] ?? null,
    env: values['no-dates'] ? { ...env, CONFIG_UPDATE_DATES: 'off' } : env,
    broadcast: broadcastOf(values),
  };
}

type Values = ReturnType<typeof parse>['values'];

function taskOf(values: Values): FleetTask {
  const chosen = (['help', 'history', 'verify', 'dry-run'] as const).filter((name) => values[name]);
  if (chosen.length > 1) throw usage(`--${chosen[0]} and --${chosen[1]} exclude each other`);
  const [task = 'update'] = chosen;
  const publish = !values['no-publish'];
  const replaces = values.replace ?? null;
  const publishes = task === 'update' || task === 'dry-run';
  if (!publish && !publishes) throw usage(`--no-publish makes no sense with --${task}`);
  if (values['no-dates'] && !publishes) throw usage(`--no-dates makes no sense with --${task}`);
  if (replaces !== null && !publishes) throw usage(`--replace makes no sense with --${task}`);
  if (replaces !== null && !publish) throw usage('--replace and --no-publish exclude each other');
  if (replaces !== null && !/^"?[\x21\x23-\x7e]+"?$/.test(replaces)) throw usage('--replace is no ETag');
  if (values.push && values.publish) throw usage('--push and --publish exclude each other');
  if (values.push && !publish) throw usage('--push and --no-publish exclude each other');
  if (values.publish && !publish) throw usage('--publish and --no-publish exclude each other');
  if (values.force && !publishes) throw usage(`--force makes no sense with --${task}`);
  if (task === 'help' || task === 'history') {
    if (values.push || values.publish)
      throw usage(`--${values.push ? 'push' : 'publish'} makes no sense with --${task}`);
    return { kind: task };
  }
  const way = values.push ? 'push' : values.publish ? 'publish' : null;
  return { kind: 'run', operation: task, publish, way, replaces, force: values.force };
}

function formFor(values: Values): Form {
  if (values.events && values.history) throw usage('--events makes no sense with --history');
  return readForm(values, usage);
}

function broadcastOf(values: Values): FleetOptions['broadcast'] {
  const { broadcast: stream, 'broadcast-url': url } = values;
  if (stream === undefined) {
    if (url !== undefined) throw usage('--broadcast-url makes no sense without --broadcast');
    return null;
  }
  if (stream === '') throw usage('--broadcast needs the name of a stream');
  return { stream, url: url ?? null };
}

function wholeNumber(name: string, text: string, most: number): string {
  if (/^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= most) return text;
  throw usage(`${name} is not a whole number from 1 to ${most}`);
}

function parse(args: readonly string[]) {
  return readArguments(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        target: { type: 'string', short: 't' },
        'dry-run': FLAG,
        verify: FLAG,
        history: FLAG,
        push: FLAG,
        publish: FLAG,
        'no-publish': FLAG,
        force: FLAG,
        'no-dates': FLAG,
        replace: { type: 'string' },
        user: { type: 'string', short: 'u' },
        concurrency: { type: 'string' },
        timeout: { type: 'string' },
        deadline: { type: 'string' },
        broadcast: { type: 'string' },
        'broadcast-url': { type: 'string' },
        verbose: { ...FLAG, short: 'v' },
        ...USUAL_OPTIONS,
      },
    },
    usage,
  );
}
