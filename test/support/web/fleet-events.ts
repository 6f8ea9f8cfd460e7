import { decodeEvent } from '../../../src/report/decode.ts';
import type { EventBody, RunEvent } from '../../../src/report/events.ts';
import {
  type FleetReport,
  type Machine,
  type MachineOutcome,
  nameOf,
} from '../../../src/report/fleet-results.ts';
import { told } from '../runs/played-update.ts';

const STEPS = [
  { name: 'publish', title: 'Syncing index database' },
  { name: 'find', title: 'Getting the machines' },
  { name: 'update', title: 'Triggering configuration update on each machine' },
] as const;

/** What is said beside that by a run which ends so: its steps and its machines, in the order of config-update. */
export function fleetBodies({ machines, skipped }: FleetReport): EventBody[] {
  const each = machines.map(({ machine }) => machine);
  return [
    step(1),
    stepDone(1, 'published'),
    step(2),
    ...each.map((one) => asked(one, 'waiting')),
    ...skipped.map(skippedItem),
    stepDone(2, 'Fly API'),
    step(3),
    { type: 'progress', step: 'update', done: 0, total: machines.length, concurrency: 8 },
    ...each.map((one) => asked(one, 'asking')),
    ...machines.map(doneItem),
    stepDone(3, `${machines.length} asked`),
  ];
}

/** All events of such a run. */
export function fleetEvents(report: FleetReport): RunEvent[] {
  return eventsIn(told(report, fleetBodies(report)));
}

/** The events that are in such lines. */
function eventsIn(lines: string): RunEvent[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const decoded = decodeEvent(line);
      if (decoded.kind === 'refused') throw new Error(`${decoded.reason}: ${line}`);
      return decoded.event;
    });
}

const base = (machine: Machine) =>
  ({ type: 'item', kind: 'machine', step: 'update', name: nameOf(machine), machine }) as const;

function step(number: 1 | 2 | 3): EventBody {
  return { type: 'step', number, of: 3, ...(STEPS[number - 1] ?? STEPS[0]) };
}

function stepDone(number: 1 | 2 | 3, detail: string): EventBody {
  const { name } = STEPS[number - 1] ?? STEPS[0];
  return { type: 'step-done', number, of: 3, name, ms: 40 * number, outcome: 'done', detail };
}

function asked(machine: Machine, phase: 'waiting' | 'asking'): EventBody {
  return { ...base(machine), phase, outcome: null, detail: '', attempt: phase === 'asking' ? 1 : 0 };
}

function skippedItem(machine: Machine): EventBody {
  return { ...base(machine), phase: 'done', outcome: 'skipped', detail: '', attempt: 0 };
}

function doneItem({ machine, attempts: attempt, ...outcome }: MachineOutcome): EventBody {
  return { ...base(machine), ...outcome, phase: 'done', attempt };
}

/** What a machine has written into its log itself. */
export function logOf(name: string, lines: readonly string[]): EventBody {
  return { type: 'log', step: 'update', name, kind: 'machine', lines };
}
