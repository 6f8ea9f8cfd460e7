import { hash } from 'node:crypto';

/** The states of a machine, in the platform's words. Only a started one answers. */
export const STATES = ['started', 'suspended', 'stopped', 'created'] as const;

export type MachineState = (typeof STATES)[number];

/** A simulated machine. */
export interface SimMachine {
  /** 14 hexadecimal digits, as Fly gives them. */
  readonly id: string;
  /** A region's code, such as `iad`. */
  readonly region: string;
  /** Process group: `app` serves, any other does not. */
  readonly group: string;
  state: MachineState;
}

export interface FleetOptions {
  /** Machines of the process group `app`. */
  readonly machines: number;
  /** Codes, given to the machines in turn. */
  readonly regions: readonly string[];
  /** How many of them are not `started`: the last ones of the list. */
  readonly states: Readonly<Partial<Record<MachineState, number>>>;
  /** Started machines of the process group `worker`, which serve nothing. */
  readonly workers: number;
  /** The same seed gives the same ids. */
  readonly seed: number;
}

/** Makes the machines, those of `app` first. */
export function makeMachines(options: FleetOptions): SimMachine[] {
  const { machines, regions, states, workers, seed } = options;
  const others = STATES.slice(1).flatMap((state) => Array<MachineState>(states[state] ?? 0).fill(state));
  const started = machines - others.length;
  return Array.from({ length: machines + workers }, (_, at) => ({
    id: machineId(seed, at),
    region: regions[at % regions.length] ?? 'iad',
    group: at < machines ? 'app' : 'worker',
    state: at < started || at >= machines ? 'started' : (others[at - started] ?? 'started'),
  }));
}

/** Fly's ids have 14 hexadecimal digits and begin with one that is not 0. */
function machineId(seed: number, at: number): string {
  return digest(`machine ${seed} ${at}`).slice(0, 14).replace(/^0/, '1');
}

/** Hex SHA-256, as random digits that are the same for the same seed. */
export function digest(text: string): string {
  return hash('sha256', text);
}
