import { quotedEtag } from '../../etag.ts';
import { FAULTS, FaultListError, type FaultShare, parseFaults } from '../../rehearsal/faults.ts';
import { type MachineState, STATES } from '../../rehearsal/machines.ts';
import { FLAG, readArguments, USUAL_OPTIONS, usageOf } from '../arguments.ts';

export const fleetSimUsage = usageOf('fleet-sim');

export interface FleetSimOptions {
  readonly app: string;
  readonly port: number;
  readonly machines: number;
  readonly workers: number;
  readonly regions: readonly string[];
  readonly states: Readonly<Partial<Record<MachineState, number>>>;
  readonly faults: readonly FaultShare[];
  readonly seed: number;
  /** Milliseconds. */
  readonly delayMs: number;
  readonly slowMs: number;
  readonly timeoutMs: number;
  /** Built update_config that every machine runs; null when they only answer. */
  readonly cgi: string | null;
  /** Built resume hook that a machine runs when it is started; null for none. */
  readonly resume: string | null;
  readonly home: string | null;
  readonly etag: string | null;
  readonly token: string;
  readonly flyctl: string | null;
  readonly envFile: string | null;
  readonly quiet: boolean;
}

const faultLines = Object.entries(FAULTS)
  .map(([kind, what]) => `  ${kind.padEnd(15)}${what}`)
  .join('\n');

export const FLEET_SIM_HELP = `Usage: fleet-sim [options]

Plays a fleet of Fly machines on 127.0.0.1, so that config-update can be
rehearsed: the address that routes to them, the Machines API, flyctl, and
Navigator's /_broadcast. Says which variables aim config-update at it, then each
request, until it is interrupted.

  --machines N       machines of the process group app (8)
  --workers N        further ones of the process group worker, which serve
                     nothing (0)
  --regions LIST     their regions, in turn (ams,iad,ord,dfw,sjc,ewr,syd,nrt)
  --states LIST      so many of them are not started:
                     suspended=2,stopped=1,created=1
  --app NAME         name of the app (smooth)
  --port N           port to listen on (a free one)
  --delay MS         what a machine takes to answer (300)
  --faults LIST      what goes wrong, KIND=N or KIND=P%, at every request of so
                     many machines; KIND-once=N at their first one:
                     slow=2,hang=1,fail-once=5%
  --slow MS          what a slow machine takes longer (3000)
  --seed N           another seed gives other ids, and the faults to other
                     machines (1)
  --etag ETAG        ETag of the index that machines say they have. Without it
                     they ask the object store (AWS_ENDPOINT_URL_S3 and so on)
  --cgi FILE         run this update_config for each machine, in directories of
                     its own
  --resume FILE      run this hook when the Machines API starts a machine (with
                     --cgi)
  --timeout S        seconds until Navigator kills the CGI (300)
  --home DIR         where the machines' directories are, <id>/rails and <id>/db
                     (a temporary one that is removed at the end)
  --token TOKEN      bearer token of the Machines API (rehearsal)
  --flyctl FILE      write a stand-in for flyctl there
  --env FILE         write the variables there, for ". FILE"
  --quiet            do not tell of each request
  --help             this text

Kinds of faults:
${faultLines}

While it runs, with its address as URL:
  curl -X PUT -d 'fail=1' URL/_sim/faults
      other faults from now on; none with -d ''
  curl URL/_sim/status
      requests of each machine, now and most at once
  curl -X POST -H 'Authorization: Bearer rehearsal' \\
       URL/v1/apps/smooth/machines/ID/start
      (or stop, suspend) changes a machine's state
Exit codes: 0 it was ended, 1 it could not begin, 2 the options make no sense.
`;

const MAX_MACHINES = 10_000;
const MAX_MS = 86_400_000;

/**
 * @returns null when only the help was asked for
 * @throws {Failure} `usage`
 */
export function parseFleetSimOptions(args: readonly string[]): FleetSimOptions | null {
  const { values } = readArguments({ args: [...args], options: OPTIONS }, fleetSimUsage);
  if (values.help) return null;
  const number = (name: keyof typeof values, least: number, most: number): number => {
    const text = String(values[name]);
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw fleetSimUsage(`--${name} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  };
  const machines = number('machines', 1, MAX_MACHINES);
  const options = {
    app: named('app', values.app, /^[a-z0-9][a-z0-9-]{0,62}$/),
    port: number('port', 0, 65_535),
    machines,
    workers: number('workers', 0, MAX_MACHINES),
    regions: values.regions.split(',').map((region) => named('regions', region, /^[a-z]{3}$/)),
    states: readStates(values.states, machines),
    faults: readFaults(values.faults),
    seed: number('seed', 0, 999_999_999),
    delayMs: number('delay', 0, MAX_MS),
    slowMs: number('slow', 0, MAX_MS),
    timeoutMs: number('timeout', 1, MAX_MS / 1000) * 1000,
    cgi: values.cgi ?? null,
    resume: values.resume ?? null,
    home: values.home ?? null,
    etag: values.etag === undefined ? null : quotedEtag(named('etag', values.etag, /^"?[!-~]{1,100}"?$/)),
    token: named('token', values.token, /^[!-~]{1,1000}$/),
    flyctl: values.flyctl ?? null,
    envFile: values.env ?? null,
    quiet: values.quiet,
  };
  if (options.cgi === null && (options.resume !== null || options.home !== null))
    throw fleetSimUsage('--resume and --home make sense only with --cgi');
  if (options.cgi !== null && options.etag !== null)
    throw fleetSimUsage('--etag makes no sense with --cgi: the machines say what they have');
  return options;
}

const OPTIONS = {
  machines: { type: 'string', default: '8' },
  workers: { type: 'string', default: '0' },
  regions: { type: 'string', default: 'ams,iad,ord,dfw,sjc,ewr,syd,nrt' },
  states: { type: 'string', default: '' },
  app: { type: 'string', default: 'smooth' },
  port: { type: 'string', default: '0' },
  delay: { type: 'string', default: '300' },
  faults: { type: 'string', default: '' },
  slow: { type: 'string', default: '3000' },
  seed: { type: 'string', default: '1' },
  timeout: { type: 'string', default: '300' },
  etag: { type: 'string' },
  cgi: { type: 'string' },
  resume: { type: 'string' },
  home: { type: 'string' },
  token: { type: 'string', default: 'rehearsal' },
  flyctl: { type: 'string' },
  env: { type: 'string' },
  quiet: FLAG,
  help: USUAL_OPTIONS.help,
} as const;

function readStates(text: string, machines: number): Partial<Record<MachineState, number>> {
  const states: Partial<Record<MachineState, number>> = {};
  for (const item of text.split(',').filter(Boolean)) {
    const [, name, count] = /^([a-z]+)=(\d{1,6})$/.exec(item) ?? [];
    const state = STATES.find((known) => known === name);
    if (!state || state === 'started') {
      throw fleetSimUsage(
        `--states takes STATE=N, STATE being ${STATES.slice(1).join(', ')}, not ${JSON.stringify(item)}`,
      );
    }
    states[state] = Number(count);
  }
  const idle = Object.values(states).reduce((sum, count) => sum + count, 0);
  if (idle > machines) throw fleetSimUsage(`--states names ${idle} machines, but there are ${machines}`);
  return states;
}

function readFaults(text: string): FaultShare[] {
  try {
    return parseFaults(text);
  } catch (error) {
    if (error instanceof FaultListError) throw fleetSimUsage(`--faults: ${error.message}`);
    throw error;
  }
}

function named(option: string, value: string, form: RegExp): string {
  if (form.test(value)) return value;
  throw fleetSimUsage(`--${option} does not take ${JSON.stringify(value)}`);
}
