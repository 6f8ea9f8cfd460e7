import { quotedEtag } from '../../etag.ts';
import { FAULTS, FaultListError, type FaultShare, parseFaults } from '../../rehearsal/faults.ts';
import { type MachineState, STATES } from '../../rehearsal/machines.ts';
import {
  defineCommand,
  formed,
  text,
  Unfit,
  UnfitPart,
  type Value,
  wholeNumber,
} from '../options/command.ts';
import { USAGE_EXIT } from '../options/common.ts';

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

const MAX_MACHINES = 10_000;
const MAX_MS = 86_400_000;

const FILE = { ...text('FILE'), names: 'file' } as const;

const REGIONS: Value<string[]> = {
  name: 'LIST',
  parse: (given) => {
    const regions = given.split(',');
    if (regions.every((region) => /^[a-z]{3}$/.test(region))) return regions;
    throw new Unfit('takes codes of three letters with commas between them');
  },
};

export const FLEET_SIM = defineCommand(
  {
    name: 'fleet-sim',
    folder: 'scripts',
    startedBy: 'operators and developers',
    summary: 'play a fleet of machines, to rehearse config-update',
    about: [
      "Plays a fleet of Fly machines on 127.0.0.1, so that config-update can be rehearsed: the address that routes to them, the Machines API, flyctl, and Navigator's /_broadcast. Says which variables aim config-update at it, then each request, until it is interrupted.",
    ],
    options: {
      machines: {
        help: 'machines of the process group app',
        value: wholeNumber('N', 1, MAX_MACHINES),
        preset: '8',
        group: 'The fleet',
      },
      workers: {
        help: 'more machines, of the process group worker, which serve nothing',
        value: wholeNumber('N', 0, MAX_MACHINES),
        preset: '0',
      },
      regions: { help: 'their regions, in turn', value: REGIONS, preset: 'ams,iad,ord,dfw,sjc,ewr,syd,nrt' },
      states: {
        help: 'how many of them are not started: suspended=2,stopped=1,created=1',
        value: { name: 'LIST', parse: readStates },
        preset: '',
      },
      app: {
        help: 'name of the app',
        value: formed('NAME', /^[a-z0-9][a-z0-9-]{0,62}$/, 'letters, digits and "-"'),
        preset: 'smooth',
      },
      port: {
        help: 'port to listen on; 0 for a free one',
        value: wholeNumber('N', 0, 65_535),
        preset: '0',
      },
      delay: {
        help: 'milliseconds that a machine takes to answer',
        value: wholeNumber('MS', 0, MAX_MS),
        preset: '300',
        group: 'How machines answer',
      },
      faults: {
        help: 'what goes wrong: KIND=N or KIND=P% at every request to so many machines, KIND-once=N at their first request: slow=2,hang=1,fail-once=5%',
        value: { name: 'LIST', parse: readFaults },
        preset: '',
      },
      slow: {
        help: 'milliseconds that a slow machine takes longer',
        value: wholeNumber('MS', 0, MAX_MS),
        preset: '3000',
      },
      seed: {
        help: 'another seed gives other ids, and chooses other machines for the faults',
        value: wholeNumber('N', 0, 999_999_999),
        preset: '1',
      },
      etag: {
        help: 'ETag of the index that machines say they have. Without it they ask the object store (AWS_ENDPOINT_URL_S3 and so on)',
        value: formed('ETAG', /^"?[!-~]{1,100}"?$/, 'an ETag'),
      },
      cgi: {
        help: 'run this update_config for each machine, in directories of its own',
        value: FILE,
        group: 'Machines that work',
      },
      resume: { help: 'run this hook when the Machines API starts a machine (with --cgi)', value: FILE },
      timeout: {
        help: 'seconds until Navigator kills the CGI',
        value: wholeNumber('S', 1, MAX_MS / 1000),
        preset: '300',
      },
      home: {
        help: "where the machines' directories are, <id>/rails and <id>/db",
        value: { ...text('DIR'), names: 'directory' },
        presetWords: 'a temporary one that is removed at the end',
      },
      token: {
        help: 'bearer token of the Machines API',
        value: formed('TOKEN', /^[!-~]{1,1000}$/, 'a word'),
        preset: 'rehearsal',
        group: 'How config-update finds it',
      },
      flyctl: { help: 'write a stand-in for flyctl there', value: FILE },
      env: { help: 'write the variables there, for ". FILE"', value: FILE },
      quiet: { short: 'q', help: 'do not print each request' },
    },
    examples: [
      ['fleet-sim --etag abc --faults slow=2,fail-once=1', 'eight machines, of which three make trouble'],
      ['fleet-sim --machines 40 --cgi cgi-bin/update_config', 'forty machines that work'],
    ],
    notes: [
      { heading: 'Kinds of faults', terms: Object.entries(FAULTS) },
      {
        heading: 'While it runs, with its address as URL',
        terms: [
          ["curl -X PUT -d 'fail=1' URL/_sim/faults", "other faults from now on; none with -d ''"],
          ['curl URL/_sim/status', 'requests of each machine, now and most at once'],
          [
            'curl -XPOST -H "Authorization: Bearer TOKEN" URL/v1/apps/APP/machines/ID/stop',
            "changes a machine's state (or start, suspend)",
          ],
        ],
      },
    ],
    environment: [
      ['AWS_ENDPOINT_URL_S3', 'the address of the object store, with AWS_ACCESS_KEY_ID and the like'],
      ['UPDATE_CONFIG_KEY_FILE', 'without a store: a file with the key of pushed indexes'],
    ],
    exits: [[0, 'it was ended'], [1, 'it could not begin'], USAGE_EXIT],
    page: 'docs/REHEARSALS.md',
  },
  (values, usage): FleetSimOptions => {
    const { machines, states, cgi, resume, home, etag } = values;
    const idle = Object.values(states).reduce((sum, count) => sum + count, 0);
    if (idle > machines) throw usage(`--states names ${idle} machines, but there are ${machines}`);
    if (cgi === null && (resume !== null || home !== null)) throw usage('--resume and --home need --cgi');
    if (cgi !== null && etag !== null)
      throw usage('--etag and --cgi cannot be combined: with --cgi the machines say which index they have');
    return {
      ...values,
      delayMs: values.delay,
      slowMs: values.slow,
      timeoutMs: values.timeout * 1000,
      etag: etag === null ? null : quotedEtag(etag),
      envFile: values.env,
    };
  },
);

function readStates(given: string): Partial<Record<MachineState, number>> {
  const states: Partial<Record<MachineState, number>> = {};
  for (const item of given.split(',').filter(Boolean)) {
    const [, name, count] = /^([a-z]+)=(\d{1,6})$/.exec(item) ?? [];
    const state = STATES.find((known) => known === name);
    if (!state || state === 'started')
      throw new Unfit(`takes STATE=N, where STATE is ${STATES.slice(1).join(', ')}`);
    states[state] = Number(count);
  }
  return states;
}

function readFaults(given: string): FaultShare[] {
  try {
    return parseFaults(given);
  } catch (error) {
    throw error instanceof FaultListError ? new UnfitPart(error.message) : error;
  }
}
