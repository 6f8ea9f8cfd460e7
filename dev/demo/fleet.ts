/** Machines that are played for a demo: the built fleet-sim, with the built update_config on each. */
import { join } from 'node:path';
import { WrongOption } from '../options.mjs';
import { endProgram, startProgram } from '../web/child.ts';
import { ROOT } from './place.ts';

/** Where they are, in turn: all regions of the sample index, and one for which no studio is nearest. */
const REGIONS = 'iad,sjc,gru,fra,nrt,syd,jnb,ord';
export const MACHINES = 8;

/** How many there are, as an option of a demo. */
export const MACHINES_OPTION = { machines: { type: 'string', default: String(MACHINES) } } as const;
/** What a demo's `--help` says of it. */
export const MACHINES_USAGE = `--machines N   how many there are, 1 to ${MACHINES} (default: ${MACHINES})`;

/** @throws {WrongOption} */
export function readMachines(given: string): number {
  const count = Number(given);
  if (/^\d$/.test(given) && count >= 1 && count <= MACHINES) return count;
  throw new WrongOption(`There are 1 to ${MACHINES} machines, not ${given}`);
}

export interface DemoFleet {
  /** What aims config-update at them, and at nothing else. */
  readonly variables: Readonly<Record<string, string>>;
  /** Origin of their site. */
  readonly url: string;
  /** What makes a program one of them, but for the object store. */
  readonly machines: readonly Readonly<Record<string, string>>[];
  close(): Promise<void>;
}

/**
 * @param count how many there are
 * @param home the directory that gets theirs
 * @param env what their programs are given
 */
export async function startFleet(
  count: number,
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<DemoFleet> {
  const command = [
    ...[join(ROOT, 'scripts/fleet-sim'), '--quiet', '--machines', String(count), '--regions', REGIONS],
    ...['--cgi', join(ROOT, 'cgi-bin/update_config'), '--home', home],
  ];
  const running = await startProgram(command, env, (line) => line.startsWith('Ready.'));
  const found = (form: RegExp): [string, string][] =>
    running.said.flatMap((line) => {
      const [, first, second] = form.exec(line) ?? [];
      return first === undefined || second === undefined ? [] : [[first, second]];
    });
  const variables = Object.fromEntries(found(/^export (\w+)='(.*)'$/));
  return {
    variables,
    url: variables['FLY_API_HOSTNAME'] ?? '',
    machines: found(/^ {2}([0-9a-f]{14}) {2}(\w+) /).map(([id, region]) => ({
      APP_ROOT: join(home, id, 'rails'),
      RAILS_DB_VOLUME: join(home, id, 'db'),
      FLY_APP_NAME: 'smooth',
      FLY_REGION: region,
      FLY_MACHINE_ID: id,
    })),
    async close() {
      await endProgram(running);
    },
  };
}
