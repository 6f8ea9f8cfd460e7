import type { FleetEvent, FleetOperation, FleetReport, MachineOutcome } from '../../src/fleet/fleet-model.ts';
import type { PublishedIndex } from '../../src/publish/published-index.ts';

/** The events of runs over the fleet, made up. */

const INDEX: PublishedIndex = {
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

function reportOf(machines: readonly MachineOutcome[], operation: FleetOperation): FleetReport {
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

/** A run from its beginning to its end, in which the machines are asked all at once and end as they are given. */
export function fleetRun(
  outcomes: readonly MachineOutcome[],
  operation: FleetOperation = 'update',
): FleetEvent[] {
  const machines = outcomes.map(({ machine }) => machine);
  return [
    {
      type: 'begin',
      run: '20260102T030405678Z-1f2e3d',
      operation,
      target: 'fly',
      noun: ['machine', 'machines'],
    },
    { type: 'publishing' },
    { type: 'published', publish: { kind: 'published', index: INDEX } },
    { type: 'finding' },
    { type: 'found', listing: { active: machines, skipped: [], source: 'flyctl' } },
    { type: 'updating', machines: machines.length, concurrency: 64 },
    ...machines.map((machine): FleetEvent => ({ type: 'attempt', machine, attempt: 1 })),
    ...outcomes.map((outcome): FleetEvent => ({ type: 'machine-done', outcome })),
    { type: 'end', report: reportOf(outcomes, operation) },
  ];
}
