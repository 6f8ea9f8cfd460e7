import type { FileItem, MachineItem, PlannedStep, Tell } from '../report/events.ts';
import {
  type FleetOperation,
  type Machine,
  nameOf,
  type PublishedIndex,
  type PublishOutcome,
  type Standard,
} from '../report/fleet-results.ts';
import type { Way } from './fleet-context.ts';
import type { Listing } from './fleet-model.ts';

/* The events of a run over the fleet. */

/** The three steps of a run. */
export interface FleetSteps {
  readonly index: PlannedStep;
  readonly find: PlannedStep;
  readonly machines: PlannedStep;
}

const PUBLISH = { name: 'publish', title: 'Syncing index database' };
const LOOK = { name: 'look', title: 'Looking at the index' };
const UPDATE = { name: 'update', title: 'Triggering configuration update on each machine' };
const ASK = { name: 'ask', title: 'Asking each machine for its state' };

export function stepsOf(operation: FleetOperation, ways: readonly Way[]): FleetSteps {
  const isVerification = operation === 'verify';
  return {
    index: isVerification ? LOOK : PUBLISH,
    find: { name: 'find', title: findingTitle(ways) },
    machines: isVerification ? ASK : UPDATE,
  };
}

/** The word for the machines of all targets. */
export function nounOf(ways: readonly Way[]): readonly [string, string] {
  const [first, ...others] = ways;
  return others.length === 0 && first ? first.target.noun : ['machine', 'machines'];
}

/** Names of all targets. */
export function targetOf(ways: readonly Way[]): string {
  return ways.map(({ target }) => target.name).join(',');
}

function findingTitle(ways: readonly Way[]): string {
  const names = ways.map(({ target }) => target.name);
  if (names.join() === 'fly') return 'Getting list of Fly machines';
  return `Finding the ${nounOf(ways)[1]} of ${names.join(' and ')}`;
}

/** The outcome for the index. */
export function publishItem(publish: PublishOutcome): FileItem {
  const index = publish.kind === 'changed-elsewhere' ? publish.theirs : publish.index;
  return { ...fileItem(PUBLISH, index), outcome: publish.kind, publish };
}

/** The index that the machines should have in a verification. */
export function standardItem(standard: Standard): FileItem {
  const { index } = standard;
  return { ...fileItem(LOOK, index), outcome: index ? 'found' : 'missing', standard };
}

function fileItem({ name: step }: PlannedStep, index: PublishedIndex | null) {
  const detail = index ? `ETag ${index.etag}, ${index.size} bytes, changed ${index.time}` : 'there is none';
  const item = { type: 'item', kind: 'file', step, name: 'index.sqlite3', phase: 'done' } as const;
  return { ...item, detail, attempt: 1 };
}

/** The machines that were found: those that are asked, and those that are skipped. */
export function foundItems({ active, skipped }: Listing, { find }: FleetSteps): MachineItem[] {
  const common = { type: 'item', kind: 'machine', step: find.name, attempt: 0 } as const;
  const item = (machine: Machine) => ({ ...common, name: nameOf(machine), machine, detail: machine.state });
  return [
    ...active.map((one) => ({ ...item(one), phase: 'waiting', outcome: null }) as const),
    ...skipped.map((one) => ({ ...item(one), phase: 'done', outcome: 'skipped' }) as const),
  ];
}

/** Reports how many machines are done: now, and after each one. */
export function counting(say: Tell, step: string, total: number, concurrency: number): Tell {
  let done = 0;
  const count = (): void => say({ type: 'progress', step, done, total, concurrency });
  count();
  return (event) => {
    say(event);
    if (event.type !== 'item' || event.phase !== 'done') return;
    done += 1;
    count();
  };
}
