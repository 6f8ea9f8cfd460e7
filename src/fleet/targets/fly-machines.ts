import { Failure } from '../../failure.ts';
import { isRecord } from '../../json.ts';
import type { Machine } from '../../report/fleet-results.ts';
import type { Listing } from '../fleet-model.ts';

/** The process group that serves; others, such as a console or a release command, have no update_config. */
const GROUP = 'app';
/** Fly's ids are 14 hexadecimal digits. What is not at least like that must not get into a header. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const REGION = /^[A-Za-z0-9-]{1,32}$/;
const STATE = /^[A-Za-z][A-Za-z0-9_ -]{0,31}$/;

/**
 * Reads the answer of flyctl or the Machines API: an array of machines. Machines of another process group are left out;
 * a machine without a group counts as one that serves. If any element is not a machine, the whole list is refused: it
 * is not Fly's then, and more may be wrong with it.
 *
 * @throws {Failure} `fleet-unreachable`
 */
export function readMachines(value: unknown, source: string): Listing {
  if (!Array.isArray(value)) throw notAList(source, 'it is not an array');
  const found = new Map<string, Machine>();
  let others = 0;
  for (const row of value as unknown[]) {
    if (!isRecord(row)) throw notAList(source, 'an element of it is not an object');
    const machine = readMachine(row, source);
    if ((groupOf(row) ?? GROUP) !== GROUP) others += 1;
    else if (found.get(machine.id)?.state !== 'started') found.set(machine.id, machine);
  }
  return listing(
    [...found.values()],
    others === 0 ? source : `${source}, ${others} of other process groups left out`,
  );
}

/** Active are those that are started; the others converge when they start or resume. */
export function listing(machines: readonly Machine[], source: string): Listing {
  return {
    active: machines.filter(({ state }) => state === 'started'),
    skipped: machines.filter(({ state }) => state !== 'started'),
    source,
  };
}

export function readMachine(row: Readonly<Record<string, unknown>>, source: string): Machine {
  const { id, state, region } = row;
  if (typeof id !== 'string' || !ID.test(id)) throw notAList(source, 'it has a machine without a valid id');
  if (typeof state !== 'string' || !STATE.test(state)) throw notAList(source, `machine ${id} has no state`);
  return { id, state, region: typeof region === 'string' && REGION.test(region) ? region : null };
}

/** The places where the platform has stored it over the years; null for none. */
function groupOf(row: Readonly<Record<string, unknown>>): string | null {
  const config = isRecord(row['config'])
    ? row['config']
    : isRecord(row['incomplete_config'])
      ? row['incomplete_config']
      : {};
  const metadata = isRecord(config['metadata']) ? config['metadata'] : {};
  const env = isRecord(config['env']) ? config['env'] : {};
  const places = [
    metadata['fly_process_group'],
    metadata['process_group'],
    env['FLY_PROCESS_GROUP'],
    row['process_group'],
  ];
  const named = places.find((place) => typeof place === 'string' && place !== '');
  return typeof named === 'string' ? named : null;
}

export function notAList(source: string, reason: string): Failure {
  return new Failure('fleet-unreachable', `the list of machines by ${source} cannot be used: ${reason}`, {
    hint: 'Look at what answers there; FLEET_FLY_SOURCE (api, flyctl, dns) chooses another way.',
  });
}
