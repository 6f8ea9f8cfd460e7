import type { FleetHistoryRow } from '../journal/journal-model.ts';
import type { FleetReport, Machine, MachineOutcome } from '../report/fleet-results.ts';
import { type Figure, inSeconds, type Labels, stateOf } from './exposition.ts';

const OUTCOMES: readonly FleetHistoryRow['outcome'][] = [
  ...(['done', 'failed', 'nothing-to-do', 'changed-elsewhere', 'interrupted', 'running'] as const),
];
const ANSWERS: readonly MachineOutcome['outcome'][] = ['same', 'differs', 'failed'];

/** The release of the host that publishes. */
export interface Release {
  readonly version: string;
  readonly node: string;
}

/**
 * The figures of the runs over a fleet: of each target the last one, under the names of all targets that it had.
 *
 * @param rows newest first
 */
export function fleetFigures(rows: readonly FleetHistoryRow[], { version, node }: Release): Figure[] {
  const lasts = notSuperseded(rows);
  const targets = [...new Set(rows.map(({ target }) => target))].sort();
  const successes = targets.flatMap(
    (target) => rows.find((row) => row.target === target && row.outcome === 'done') ?? [],
  );
  const each = (
    name: string,
    help: string,
    of: readonly FleetHistoryRow[],
    value: (row: FleetHistoryRow) => number | null,
  ): Figure => ({
    name: `showcase_fleet_${name}`,
    help,
    type: 'gauge',
    samples: of.map((row) => [{ target: row.target }, value(row)]),
  });
  const outcomes = lasts.map(({ target, outcome }) =>
    stateOf(
      'showcase_fleet_last_run_outcome',
      'How it ended: 1 for that',
      { label: 'outcome', values: OUTCOMES, now: outcome },
      { target },
    ),
  );
  return [
    {
      name: 'showcase_fleet_info',
      help: 'Which release the host has that publishes; always 1',
      type: 'gauge',
      samples: [[{ version, node }, 1]],
    },
    each(
      'last_success_timestamp_seconds',
      'When a run over all machines last ended well, among the last 500',
      successes,
      ({ beganAt, durationMs }) => inSeconds(beganAt, durationMs ?? 0),
    ),
    each('last_run_timestamp_seconds', 'When the last run began', lasts, ({ beganAt }) => inSeconds(beganAt)),
    each(
      'last_run_duration_seconds',
      'How long it took; absent for one that did not end',
      lasts,
      ({ durationMs }) => (durationMs === null ? null : durationMs / 1000),
    ),
    ...outcomes
      .slice(0, 1)
      .map((first) => ({ ...first, samples: outcomes.flatMap(({ samples }) => samples) })),
    {
      name: 'showcase_fleet_last_run_machines',
      help: 'Machines in it: those that have the index now, those that failed, those that were not running',
      type: 'gauge',
      samples: lasts.flatMap(({ target, updated, failed, skipped }) => [
        [{ target, outcome: 'updated' }, updated] as const,
        [{ target, outcome: 'failed' }, failed.length] as const,
        [{ target, outcome: 'skipped' }, skipped] as const,
      ]),
    },
    {
      name: 'showcase_fleet_last_run_error',
      help: 'The code of the error that it ended with, or the first of its machines; absent for none',
      type: 'gauge',
      samples: lasts.flatMap(({ target, errorCode }): [Labels, number][] =>
        errorCode === null ? [] : [[{ target, code: errorCode }, 1]],
      ),
    },
  ];
}

/** Those of which a target has had no run since: `fly` that failed is past after `fly,kamal`, and the other way round is not. */
function notSuperseded(rows: readonly FleetHistoryRow[]): FleetHistoryRow[] {
  const seen = new Set<string>();
  return rows
    .filter(({ target }) => {
      const isLast = target.split(',').some((one) => !seen.has(one));
      for (const one of target.split(',')) seen.add(one);
      return isLast;
    })
    .sort((a, b) => (a.target < b.target ? -1 : 1));
}

/**
 * The figures of a verification, of one of its targets.
 *
 * @param target one of those of the run
 * @param at milliseconds since 1970: when it had ended
 */
export function verifyFigures(report: FleetReport, target: string, at: number): Figure[] {
  const isOf = (machine: Machine): boolean => (machine.target ?? report.target) === target;
  const machines = report.machines.filter(({ machine }) => isOf(machine));
  const count = (answer: string): number => machines.filter(({ outcome }) => outcome === answer).length;
  // Where no machine runs there is nobody who could be out of step: those that sleep fetch the index when they wake.
  const isInStep = report.error === undefined && machines.every(({ outcome }) => outcome === 'same');
  return [
    {
      name: 'showcase_fleet_verify_timestamp_seconds',
      help: 'When machines were last asked what they have (config-update --verify)',
      type: 'gauge',
      samples: [[{ target }, at / 1000]],
    },
    {
      name: 'showcase_fleet_verify_in_step',
      help: 'Whether all that run have the published index',
      type: 'gauge',
      samples: [[{ target }, isInStep]],
    },
    {
      name: 'showcase_fleet_verify_machines',
      help: 'Machines by what they said',
      type: 'gauge',
      samples: [
        ...ANSWERS.map((state) => [{ target, state }, count(state)] as const),
        [{ target, state: 'skipped' }, report.skipped.filter(isOf).length],
      ],
    },
  ];
}
