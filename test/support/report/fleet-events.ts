import type { EventBody } from '../../../src/report/events.ts';
import {
  type FleetOperation,
  type FleetReport,
  type Machine,
  type MachineOutcome,
  nameOf,
  type PublishedIndex,
} from '../../../src/report/fleet-results.ts';

/** The events of runs over the fleet, made up. */

export const INDEX: PublishedIndex = {
  etag: '"0123456789abcdef0123456789abcdef"',
  sha256: null,
  size: 1234,
  time: '2026-01-02T03:04:05.000Z',
  publishedAt: '2026-01-02T03:04:06.000Z',
  by: 'ada@office',
};

export function doneOf(id: string, ms: number): MachineOutcome {
  const machine = { id, region: 'iad', state: 'started' };
  return { machine, outcome: 'updated', etag: INDEX.etag, detail: '', attempts: 1, ms };
}

export function failedOf(id: string, ms: number, message = 'status 500'): MachineOutcome {
  const error = { code: 'machine-failed', message, hint: 'Look at its log.' } as const;
  return { ...doneOf(id, ms), outcome: 'failed', etag: null, attempts: 3, error };
}

export function reportOf(
  machines: readonly MachineOutcome[],
  operation: FleetOperation = 'update',
): FleetReport {
  const failed = machines.some(({ outcome }) => outcome === 'failed');
  return {
    run: '20260102T030405678Z-1f2e3d',
    by: 'ada@office',
    target: 'fly',
    operation,
    outcome: failed ? 'failed' : 'done',
    publish: { kind: 'published', index: INDEX },
    index: INDEX,
    machines,
    skipped: [],
    beganAt: '2026-01-02T03:04:05.000Z',
    ms: 4200,
  };
}

const STEPS = [
  { name: 'publish', title: 'Syncing index database' },
  { name: 'find', title: 'Getting list of Fly machines' },
  { name: 'update', title: 'Triggering configuration update on each machine' },
];

function step(number: number, detail: string): [EventBody, EventBody] {
  const { name = '', title = '' } = STEPS[number - 1] ?? {};
  return [
    { type: 'step', number, of: 3, name, title },
    { type: 'step-done', number, of: 3, name, ms: 1, outcome: 'done', detail },
  ];
}

/** A run from its beginning to its end, in which the machines are asked all at once and end as they are given. */
export function fleetRun(
  outcomes: readonly MachineOutcome[],
  operation: FleetOperation = 'update',
): EventBody[] {
  const item = (machine: Machine) =>
    ({ type: 'item', kind: 'machine', step: 'update', name: nameOf(machine), machine }) as const;
  const waiting = { phase: 'waiting', outcome: null, detail: 'started', attempt: 0 } as const;
  const asking = { phase: 'asking', outcome: null, detail: '', attempt: 1 } as const;
  const [publish, published] = step(1, '');
  const [find, found] = step(2, 'flyctl');
  const [update, updated] = step(3, '');
  const total = outcomes.length;
  return [
    {
      ...{ type: 'run-began', kind: 'fleet', run: '20260102T030405678Z-1f2e3d', operation, trigger: null },
      ...{ by: 'ada@office', target: 'fly', noun: ['machine', 'machines'], steps: STEPS },
    },
    publish,
    {
      ...{ type: 'item', kind: 'file', step: 'publish', name: 'index.sqlite3', phase: 'done', detail: '' },
      ...{ outcome: 'published', publish: { kind: 'published', index: INDEX }, attempt: 1 },
    },
    published,
    find,
    ...outcomes.map(({ machine }): EventBody => ({ ...item(machine), step: 'find', ...waiting })),
    found,
    update,
    { type: 'progress', step: 'update', done: 0, total, concurrency: 64 },
    ...outcomes.map(({ machine }): EventBody => ({ ...item(machine), ...asking })),
    ...outcomes.map(
      ({ machine, attempts, ...rest }): EventBody => ({
        ...item(machine),
        phase: 'done',
        attempt: attempts,
        ...rest,
      }),
    ),
    updated,
    { type: 'run-ended', kind: 'fleet', result: reportOf(outcomes, operation) },
  ];
}
